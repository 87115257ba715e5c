package io.tapsentinel;

import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.store.Store;
import io.tapsentinel.testing.MovableClock;
import io.tapsentinel.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** A real store in a folder, and the commands with the packaged defaults except for paths. */
public final class CommandSetup {

    public static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private final Supplier<Path> folder;
    private final MovableClock clock = new MovableClock(NOW);
    private final Map<String, String> environment = new HashMap<>();
    private String notes = "";
    private int exit;

    /** @param folder the test's temporary folder, read when first needed */
    public CommandSetup(Supplier<Path> folder) {
        this.folder = folder;
    }

    public CommandSetup with(String property, String value) {
        environment.put(EffectiveProperties.environmentName(property), value);
        return this;
    }

    public MovableClock clock() {
        return clock;
    }

    Path file() {
        return folder.get().resolve("tap.db");
    }

    public Path rejected() {
        return folder.get().resolve("rejected");
    }

    public Store open() {
        return TestDatabase.open(file());
    }

    /** Runs a command and returns its output; rethrows its exception. */
    public String run(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        environment.putIfAbsent(EffectiveProperties.environmentName("state.url"), "jdbc:sqlite:" + file());
        environment.putIfAbsent(EffectiveProperties.environmentName("tap.rejected.uri"), "file:" + rejected());
        exit = execute(EffectiveProperties.load(folder.get(), environment), clock, out, err, words);
        notes = err.toString(StandardCharsets.UTF_8).strip();
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Runs a command and returns both output streams. */
    public static String print(Map<String, String> properties, Clock clock, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        execute(properties, clock, out, out, words);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static int execute(
            Map<String, String> properties, Clock clock, OutputStream out, OutputStream err, String... words) {
        AtomicReference<Exception> failed = new AtomicReference<>();
        int exit = Commands.line(() -> properties, clock, stream(out), stream(err), (failure, command, all) -> {
                    failed.set(failure);
                    return 1;
                })
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .execute(words);
        if (failed.get() instanceof RuntimeException failure) {
            throw failure;
        }
        return exit;
    }

    /** Error output of the last command. */
    public String notes() {
        return notes;
    }

    int exit() {
        return exit;
    }

    private static PrintStream stream(OutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}
