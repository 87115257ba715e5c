package io.tapsentinel.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.Program;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.state.LedgerEntry;
import io.tapsentinel.trial.LogLines;
import io.tapsentinel.trial.RunningProgram;
import io.tapsentinel.trial.Trial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.camel.impl.engine.DefaultShutdownStrategy;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A program in the middle of a window, and the folder of routes that it watches meanwhile. */
final class LiveRoutes implements AutoCloseable {

    static final String RELOADED = "routes/ reloaded";
    static final Duration SOON = Duration.ofSeconds(60);

    final Path folder;
    final Trial trial;
    final LogLines log = LogLines.open();
    private RunningProgram program;

    LiveRoutes(Path work, int eventsPerHour) throws IOException {
        folder = Files.createDirectories(work.resolve("routes"));
        RouteFiles.in(Path.of(RouteFiles.FOLDER)).texts().forEach(this::write);
        // the reader waits there, so that an edit meets a window with events before and behind it
        edit(RoutesFixture.TABLES, text -> text.replace("lingerMs: 500", "lingerMs: 50\n                    maxPending: 20"));
        trial = new Trial(work, SandboxSettings.builder().seed(13).eventsPerHour(eventsPerHour).build())
                .with("camel.main.routes-reload-enabled", "true");
    }

    LiveRoutes start() {
        program = trial.start((settings, properties, clock, committed) -> new Program(settings, properties, clock, committed) {
            @Override
            protected Path routesFolder() {
                return folder;
            }
        });
        return this;
    }

    RunningProgram program() {
        return program;
    }

    /** A run whose uploads are on their way, and stay there until {@link #release}. */
    CompletableFuture<Void> pollHeld() {
        trial.sinkProxy().hold();
        CompletableFuture<Void> poll = program.pollInBackground();
        await("uploads wait").atMost(SOON).until(() -> trial.sinkProxy().held() > 0);
        return poll;
    }

    /** Lets go of the uploads once a reload waits for them, or did not have to; returns when the run has ended. */
    void releaseToReload(CompletableFuture<Void> poll) {
        DefaultShutdownStrategy stopping = (DefaultShutdownStrategy) program.camel().getShutdownStrategy();
        await("a route is being stopped").atMost(SOON).until(() -> stopping.getCurrentShutdownTaskFuture() != null || has("INFO", RELOADED));
        release(poll);
    }

    void release(CompletableFuture<Void> poll) {
        trial.sinkProxy().release();
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

    /** Edits a file, which has to change by it. */
    void edit(String file, UnaryOperator<String> edit) {
        write(file, edited(file, edit));
    }

    String edited(String file, UnaryOperator<String> edit) {
        String text = text(file);
        String edited = edit.apply(text);
        assertThat(edited).as("edited " + file).isNotEqualTo(text);
        return edited;
    }

    /** Puts a text in force past the watcher and the contract. */
    CompletableFuture<Void> force(String file, String text) {
        return CompletableFuture.runAsync(() -> {
            try {
                PluginHelper.getRoutesLoader(program.camel()).updateRoutes(ResourceHelper.fromString(file, text));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** Waits for a line of this level with all of these words. */
    void awaitLine(String level, String... words) {
        await(level + " " + List.of(words)).atMost(SOON).until(() -> has(level, words));
    }

    boolean has(String level, String... words) {
        return log.lines().stream().anyMatch(line -> line.startsWith(level) && Stream.of(words).allMatch(line::contains));
    }

    /**
     * Two of the splitter's threads may meet at Camel's direct producer just after a reload, and one of them then takes the
     * way into the route that is gone: DirectProducer remembers that it has looked before it has. Such a window is read again.
     */
    LedgerEntry pollUntilRead() {
        int before = trial.reads().size();
        await("a window is read").atMost(SOON).until(() -> {
            program.poll();
            return trial.reads().size() > before;
        });
        return trial.reads().get(before);
    }

    /** Polls for events that were not there before until that fails with this line. */
    void awaitFailure(String... words) {
        int before = trial.reads().size();
        trial.clock().advance(Duration.ofMinutes(30));
        await("WARN " + List.of(words)).atMost(SOON).until(() -> {
            program.poll();
            return has("WARN", words);
        });
        assertThat(trial.reads()).as("windows that committed in spite of it").hasSize(before);
    }

    /** A read with events that were not there before. */
    LedgerEntry pollLater() {
        trial.clock().advance(Duration.ofMinutes(30));
        return pollUntilRead();
    }

    /** Of all that TAP showed, from the oldest window's begin to the newest one's end. */
    void assertEachLandedOnce() {
        LedgerEntry last = trial.reads().stream().max(Comparator.comparing(read -> read.window().to())).orElseThrow();
        Instant from = trial.reads().stream().map(read -> read.window().from()).min(Comparator.naturalOrder()).orElseThrow();
        List<String> truth = trial.truth(from, last.window().to(), last.readAt());
        assertThat(truth).hasSizeGreaterThan(100);
        assertThat(Trial.surplus(trial.rows(), truth)).as("landed too often").isEmpty();
        assertThat(Trial.surplus(truth, trial.rows())).as("missing").isEmpty();
    }

    @Override
    public void close() throws Exception {
        trial.close();
        log.close();
    }
}
