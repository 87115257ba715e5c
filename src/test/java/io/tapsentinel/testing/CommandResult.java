package io.tapsentinel.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Result of a command. Commands get no input and are killed after five minutes. */
public record CommandResult(List<String> command, int exit, String output, String errors) {

    private static final long LIMIT_MINUTES = 5;

    /** Runs a command and waits for its end. */
    public static CommandResult of(String... command) {
        return of(List.of(command));
    }

    /** Runs a command and waits for its end. */
    public static CommandResult of(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
            CompletableFuture.delayedExecutor(LIMIT_MINUTES, TimeUnit.MINUTES).execute(() -> kill(process));
            // read both: a full pipe blocks the command
            CompletableFuture<String> errors = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
            String output = text(process.getInputStream());
            return new CommandResult(command, process.waitFor(), output, errors.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Whether it exited with 0. */
    public boolean succeeded() {
        return exit == 0;
    }

    /** Both outputs, errors last. */
    public String text() {
        return output + errors;
    }

    /** Fails with the command's output unless it exited with 0. */
    public CommandResult assertSuccess() {
        if (!succeeded()) {
            throw new AssertionError(String.join(" ", command) + " exited with " + exit + ": " + text());
        }
        return this;
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static String text(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
