package io.tapsentinel.packaged;

import io.tapsentinel.testing.CommandResult;
import io.tapsentinel.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of its own in memory. */
final class Mount implements AutoCloseable {

    private final Path folder;

    private Mount(Path folder) {
        this.folder = folder;
    }

    /** At this folder, with this size, such as {@code 1m}. */
    static Mount at(Path folder, String size) throws IOException {
        Files.createDirectories(folder);
        Tool.require(
                CommandResult.of("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + size, "tmpfs", folder.toString())
                        .succeeded(),
                "mount is not permitted");
        return new Mount(folder);
    }

    /** Mounts it again with other options, such as {@code ro} or {@code size=8m}. */
    void change(String options) {
        CommandResult.of("mount", "-o", "remount," + options, folder.toString()).assertSuccess();
    }

    @Override
    public void close() {
        CommandResult.of("umount", "-l", folder.toString());
    }
}
