package io.tapsentinel.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system in memory, with a size. The test is skipped where mounting is not permitted. */
public final class TmpfsMount implements AutoCloseable {

    private final Path folder;

    private TmpfsMount(Path folder) {
        this.folder = folder;
    }

    /** At this folder, with this size, such as {@code 1m}. */
    public static TmpfsMount at(Path folder, String size) throws IOException {
        Files.createDirectories(folder);
        Tool.require(
                CommandResult.of("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + size, "tmpfs", folder.toString())
                        .succeeded(),
                "mount is not permitted");
        return new TmpfsMount(folder);
    }

    /** Mounts it again with other options, such as {@code ro} or {@code size=8m}. */
    public void change(String options) {
        CommandResult.of("mount", "-o", "remount," + options, folder.toString()).assertSuccess();
    }

    @Override
    public void close() {
        CommandResult.of("umount", "-l", folder.toString());
    }
}
