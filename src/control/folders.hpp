#pragma once

#include <functional>
#include <string>

namespace tollgate::control {

// What keeps a power cut from taking the names of files. All of them throw std::system_error.

/// The folder that `path` stands in.
std::string folder_of(const std::string& path);

/// Has the disk keep what names a folder has.
void sync_folder(const std::string& folder);

/// Makes a folder, with those above it, where it is absent: on the disk then.
void make_folders(const std::string& folder);

using SyncFolder = std::function<void(const std::string& folder)>;

/// Gives the file `part` the name `whole`, in the same folder, where there may be another: on the disk then.
/// Where the disk does not take it, what was at `whole` is there again, so that who goes on with it and a
/// later process agree.
void put_in_place(const std::string& part, const std::string& whole, const SyncFolder& sync = sync_folder);

}  // namespace tollgate::control
