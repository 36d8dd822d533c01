#pragma once

#include <cstdio>
#include <string>

namespace backorderd::demo {

/// Where the story goes: standard output, with a progress line below it where that is a terminal,
/// and a file.
class Story {
public:
    /// Throws std::runtime_error where the file cannot be written.
    Story(const std::string& file, int days);
    ~Story();
    Story(const Story&) = delete;
    Story& operator=(const Story&) = delete;

    void line(const std::string& text);
    void progress(int day);

private:
    std::FILE* file_;
    int days_;
    bool terminal_;
};

}  // namespace backorderd::demo
