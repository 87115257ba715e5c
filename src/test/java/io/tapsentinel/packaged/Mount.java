package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of its own in memory; without the right to mount one, the test is skipped, but for continuous integration. */
final class Mount implements AutoCloseable {

    private final Path folder;

    private Mount(Path folder) {
        this.folder = folder;
    }

    /** At this folder, with this size, such as {@code 1m}. */
    static Mount at(Path folder, String size) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + size, "tmpfs", folder.toString());
        if ("true".equals(System.getenv("CI"))) {
            assertThat(mounted).as("mount is permitted, as it has to be here").isTrue();
        }
        assumeTrue(mounted, "mount is not permitted");
        return new Mount(folder);
    }

    /** Mounts it again with other options, such as {@code ro} or {@code size=8m}. */
    void change(String options) throws IOException, InterruptedException {
        assertThat(run("mount", "-o", "remount," + options, folder.toString()))
                .as("remount with %s", options)
                .isTrue();
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor() == 0;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run("umount", "-l", folder.toString());
    }
}
