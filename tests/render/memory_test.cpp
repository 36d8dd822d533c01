#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "samples.hpp"

namespace backorderd::render {
namespace memory_test {

/// The allocation that fails, counted from here; 0: none.
long fails_at = 0;

void* allocate(std::size_t size) {
    void* const block = fails_at > 0 && --fails_at == 0 ? nullptr : std::malloc(size);
    if (!block) throw std::bad_alloc();
    return block;
}

}  // namespace memory_test
}  // namespace backorderd::render

void* operator new(std::size_t size) { return backorderd::render::memory_test::allocate(size); }
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }

namespace backorderd::render {
namespace memory_test {

TEST(Memory, AMessageIsWholeOrThereIsNoneWhereMemoryRunsOut) {
    const Request request = exampleRequest("opened", "en");
    const auto& templates = shippedTemplates();
    const auto whole = templates.render(request).value();
    int failed = 0;
    for (long number = 1;; ++number) {
        fails_at = number;
        try {
            const auto out = templates.render(request).value();
            const bool none_failed = fails_at > 0;
            fails_at = 0;
            ASSERT_EQ(out.html, whole.html) << number;
            ASSERT_EQ(out.text, whole.text) << number;
            ASSERT_EQ(out.subject, whole.subject) << number;
            if (none_failed) break;
        } catch (const std::bad_alloc&) {
            ++failed;
        }
    }
    EXPECT_GT(failed, 30);
}

}  // namespace memory_test
}  // namespace backorderd::render
