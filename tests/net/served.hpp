#pragma once

#include <boost/asio/buffer.hpp>
#include <string>

namespace backorderd::net {

/// Sends bytes as they are over a connected socket, and reads to the end.
template <class Socket>
std::string exchange(Socket& socket, const std::string& bytes) {
    boost::system::error_code failed;
    socket.send(boost::asio::buffer(bytes), 0, failed);
    std::string answer(4096, '\0');
    std::size_t size = 0;
    while (!failed && size < answer.size())
        size += socket.read_some(boost::asio::buffer(&answer[size], answer.size() - size), failed);
    answer.resize(size);
    return answer;
}

}  // namespace backorderd::net
