#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace tollgate::control {

/// One HTML file that shows a report, or an array of them, each as GET /v1/report answers: tables, and charts
/// that are drawn when it is opened. Nothing in it asks any host for anything.
std::string html_report(const nlohmann::ordered_json& reports);

}  // namespace tollgate::control
