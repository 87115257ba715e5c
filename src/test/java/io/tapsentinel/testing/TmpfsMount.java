package io.tapsentinel.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system in memory with a limited size. Skips the test if mounting is not permitted. */
public final class TmpfsMount implements AutoCloseable {

    private final Path folder;

    private TmpfsMount(Path folder) {
        this.folder = folder;
    }

    /** Mounts it at this folder with a size such as {@code 1m}. */
    public static TmpfsMount at(Path folder, String size) throws IOException {
        Files.createDirectories(folder);
        Tool.require(
                CommandResult.of("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + size, "tmpfs", folder.toString())
                        .succeeded(),
                "mount is not permitted");
        return new TmpfsMount(folder);
    }

    /** Remounts it with other options, such as {@code ro} or {@code size=8m}. */
    public void change(String options) {
        CommandResult.of("mount", "-o", "remount," + options, folder.toString()).assertSuccess();
    }

    @Override
    public void close() {
        CommandResult.of("umount", "-l", folder.toString());
    }
}
