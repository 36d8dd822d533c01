#pragma once

#include "rehearsal/books.hpp"
#include "rehearsal/driver.hpp"
#include "rehearsal/recorder.hpp"
#include "rehearsal/replay.hpp"
#include "rehearsal/rule_tests.hpp"
#include "rehearsal/simulation.hpp"
#include "rehearsal/stage.hpp"
#include "rehearsal/virtual_clock.hpp"

/// The real engine, rules, outbox and store on a virtual clock, between a made-up ERP and senders
/// that send nothing: for trying rules out, and for telling what would be sent.
namespace backorderd::rehearsal {}
