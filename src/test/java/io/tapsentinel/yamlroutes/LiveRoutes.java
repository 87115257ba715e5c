package io.tapsentinel.yamlroutes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.Programs;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.camel.impl.engine.DefaultShutdownStrategy;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.awaitility.core.ConditionFactory;

/** A running program that reloads its routes folder. */
final class LiveRoutes implements AutoCloseable {

    static final String RELOADED = "routes/ reloaded";
    static final Duration SOON = Duration.ofSeconds(60);
    static final int EVENTS_PER_HOUR = 60;
    final Path folder;
    final SimulatedServices services;
    final LogLines log = LogLines.open();
    private final Map<String, String> texts;
    private RunningProgram program;
    private boolean sound;

    LiveRoutes(Path work, int eventsPerHour) throws IOException {
        folder = Files.createDirectories(work.resolve("routes"));
        RouteFiles.in(Path.of(RouteFiles.FOLDER)).texts().forEach(this::write);
        // a small maxPending makes the reader wait, so that an edit arrives in the middle of a window
        edit(
                RoutesFixture.TABLES,
                text -> text.replace(
                        "lingerMs: 500", "lingerMs: 50\n                    maxPending: " + eventsPerHour / 15));
        texts = RouteFiles.in(folder).texts();
        services = new SimulatedServices(
                        work, SandboxSettings.defaults().seed(13).eventsPerHour(eventsPerHour))
                .with("camel.main.routes-reload-enabled", "true");
    }

    /** A program with the shipped routes and new events to read; reuses the one before unless a test failed in it. */
    static LiveRoutes after(LiveRoutes before, Path work) throws Exception {
        if (before != null
                && before.sound
                && RouteFiles.in(before.folder).texts().equals(before.texts)) {
            before.sound = false;
            before.log.lines().clear();
            before.services.clock().advance(Duration.ofMinutes(30));
            return before;
        }
        if (before != null) {
            before.close();
        }
        return new LiveRoutes(Files.createTempDirectory(work, "live"), EVENTS_PER_HOUR).start();
    }

    LiveRoutes start() {
        program = services.start(Programs.withRoutes(folder));
        // the folder is watched only after Camel Main has started
        soon("the folder is watched")
                .until(() -> program.camel().hasService(RoutesReload.class) != null
                        && program.camel().hasService(RoutesReload.class).isStarted());
        return this;
    }

    RunningProgram program() {
        return program;
    }

    /** Starts a run whose uploads hang until {@link #release}. */
    CompletableFuture<Void> pollHeld() {
        services.sinkProxy().hold();
        CompletableFuture<Void> poll = program.pollInBackground();
        soon("uploads wait").until(() -> services.sinkProxy().held() > 0);
        return poll;
    }

    /** Releases the uploads once a reload waits for them or is done; returns when the run has ended. */
    void releaseToReload(CompletableFuture<Void> poll) {
        DefaultShutdownStrategy stopping =
                (DefaultShutdownStrategy) program.camel().getShutdownStrategy();
        soon("a route is being stopped")
                .until(() -> stopping.getCurrentShutdownTaskFuture() != null || has("INFO", RELOADED));
        release(poll);
    }

    void release(CompletableFuture<Void> poll) {
        services.sinkProxy().release();
        assertThat(poll).succeedsWithin(SOON);
    }

    String text(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(String file, String text) {
        try {
            Files.writeString(folder.resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Edits a file; fails when the text does not change. */
    void edit(String file, UnaryOperator<String> edit) {
        write(file, edited(file, edit));
    }

    String edited(String file, UnaryOperator<String> edit) {
        String text = text(file);
        String edited = edit.apply(text);
        assertThat(edited).as("edited " + file).isNotEqualTo(text);
        return edited;
    }

    /** Loads a text without the watcher and the check. */
    CompletableFuture<Void> force(String file, String text) {
        return CompletableFuture.runAsync(() -> {
            try {
                PluginHelper.getRoutesLoader(program.camel()).updateRoutes(ResourceHelper.fromString(file, text));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    void remove(String route) throws Exception {
        program.camel().getRouteController().stopRoute(route);
        program.camel().removeRoute(route);
    }

    /** Waits for a log line of this level that contains all words. */
    void awaitLine(String level, String... words) {
        soon(level + " " + List.of(words)).until(() -> has(level, words));
    }

    boolean has(String level, String... words) {
        return log.lines().stream()
                .anyMatch(line -> line.startsWith(level) && Stream.of(words).allMatch(line::contains));
    }

    /**
     * Polls until a window is read. Just after a reload, a race in Camel's DirectProducer may send an event into the removed route;
     * that window fails and is read again.
     */
    LedgerEntry pollUntilRead() {
        int before = services.reads().size();
        soon("a window is read").until(() -> {
            program.poll();
            return services.reads().size() > before;
        });
        return services.reads().get(before);
    }

    /** Polls for new events until a poll fails with this line. */
    void awaitFailure(String... words) {
        int before = services.reads().size();
        services.clock().advance(Duration.ofMinutes(30));
        soon("WARN " + List.of(words)).until(() -> {
            program.poll();
            return has("WARN", words);
        });
        assertThat(services.reads()).as("windows committed all the same").hasSize(before);
    }

    /** Reads new events. */
    LedgerEntry pollLater() {
        services.clock().advance(Duration.ofMinutes(30));
        return pollUntilRead();
    }

    /** Asserts that every event TAP has shown landed once. */
    void assertEachLandedOnce() {
        Set<String> shown = new TreeSet<>();
        services.reads()
                .forEach(read -> shown.addAll(
                        services.truth(read.window().from(), read.window().to(), read.readAt())));
        List<String> truth = List.copyOf(shown);
        assertThat(truth).hasSizeGreaterThan(EVENTS_PER_HOUR / 2);
        services.delivered().assertNoneTwice(truth);
        services.delivered().assertNoneLost(truth);
        sound = true;
    }

    private static ConditionFactory soon(String what) {
        return await(what)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .atMost(SOON);
    }

    @Override
    public void close() throws Exception {
        services.close();
        log.close();
    }
}
