package io.tapsentinel.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * JVM options for a fast start: C1 compiler, serial collector and a class data archive, which saves a quarter of the CPU time. A sandbox
 * run creates the archive once per jar. Without it, the JVM loads classes as usual.
 */
final class QuickStart {

    private static final Duration SOON = Duration.ofMinutes(3);
    private static final List<String> COMPILER_AND_COLLECTOR = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private static List<String> options;

    private QuickStart() {}

    /** The options for this jar. */
    static synchronized List<String> options(Path jar) throws IOException {
        if (options == null) {
            options = new ArrayList<>(COMPILER_AND_COLLECTOR);
            options.addAll(List.of(
                    "-XX:SharedArchiveFile=" + archive(jar),
                    "-Xshare:auto",
                    "-Xlog:disable",
                    "-Xlog:all=error:stderr"));
        }
        return options;
    }

    /** Two test JVMs may need it in parallel: one creates it, the other waits. */
    private static Path archive(Path jar) throws IOException {
        Path archive = jar.resolveSibling("tap-sentinel.jsa");
        try (FileChannel file = FileChannel.open(
                        jar.resolveSibling("tap-sentinel.jsa.lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            assertThat(lock.isValid()).isTrue();
            if (!Files.exists(archive)
                    || Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) < 0) {
                Path folder = jar.resolveSibling("archive");
                CommandResult.of("rm", "-rf", folder.toString()).assertSuccess();
                Files.createDirectory(folder);
                Path made = folder.resolve("made.jsa");
                run(
                        folder,
                        "-Xshare:dump",
                        "-XX:SharedClassListFile=" + classes(folder, jar),
                        "-XX:SharedArchiveFile=" + made,
                        "-cp",
                        jar.toString());
                if (Files.exists(made)) {
                    Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        return archive;
    }

    /** Classes loaded by a sandbox run until its first committed window. */
    private static Path classes(Path folder, Path jar) throws IOException {
        Path loaded = folder.resolve("loaded.txt");
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder =
                java(folder, "-Xshare:off", "-XX:DumpLoadedClassList=" + loaded, "-jar", jar.toString(), "--local");
        builder.redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().put("CAMEL_MANAGEMENT_PORT", String.valueOf(FreePort.next()));
        builder.environment().put("CAMEL_SERVER_PORT", String.valueOf(FreePort.next()));
        Process program = Children.start(builder);
        try {
            await("a window is committed")
                    .atMost(SOON)
                    .until(() -> !program.isAlive() || Files.readString(output).contains("committed"));
        } finally {
            program.destroy();
        }
        end(program);
        Path list = folder.resolve("classes.txt");
        // lines with @ describe lambdas, which make the dump fail
        Files.write(
                list,
                Files.readAllLines(loaded).stream()
                        .filter(line -> !line.startsWith("@"))
                        .toList());
        return list;
    }

    private static void run(Path folder, String... arguments) throws IOException {
        end(Children.start(java(folder, arguments)
                .redirectOutput(folder.resolve("dump.txt").toFile())));
    }

    private static ProcessBuilder java(Path folder, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(COMPILER_AND_COLLECTOR);
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    }

    private static void end(Process process) {
        try {
            if (!process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
