#include "backorderd/secret.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

namespace backorderd {
namespace secret_test {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) {
    out << value;
};

// What a line of code could do by mistake does not compile.
static_assert(!Streamable<Secret>);
static_assert(!fmt::is_formattable<Secret>::value);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_constructible_v<std::string, Secret>);
static_assert(!std::is_convertible_v<std::string, Secret>);

constexpr const char* kShort = "hunter2";
constexpr const char* kLong = "a key that is much longer than what a string holds within itself";

TEST(Secret, IsWhatItWasMadeOf) {
    EXPECT_TRUE(Secret{}.empty());
    for (const char* plain : {kShort, kLong}) {
        const Secret secret{plain};
        const Secret copy = secret;
        Secret assigned{"another"};
        assigned = copy;
        EXPECT_EQ(assigned, secret);
        EXPECT_EQ(assigned.reveal(), plain);
        EXPECT_EQ(assigned.size(), std::string{plain}.size());
        EXPECT_NE(assigned, Secret{"another"});
    }
}

TEST(Secret, AMoveLeavesNothingBehind) {
    for (const char* plain : {kShort, kLong}) {
        Secret from{plain};
        const Secret to{std::move(from)};
        EXPECT_EQ(to.reveal(), plain);
        EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): this is what is asked
    }
}

TEST(Secret, WipingOverwritesTheBytes) {
    for (const char* plain : {kShort, kLong}) {
        std::string text{plain};
        const char* const bytes = text.data();
        const auto size = text.size();
        text.resize(2);  // The rest stands behind the text still.
        wipe(text);
        EXPECT_TRUE(text.empty());
        for (std::size_t i = 0; i < size; ++i) EXPECT_EQ(bytes[i], '\0') << i;
    }
}

}  // namespace secret_test
}  // namespace backorderd
