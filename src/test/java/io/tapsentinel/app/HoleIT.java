package io.tapsentinel.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.sentinel.upload.Uploader;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.yamlroutes.RouteFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Regression tests for bugs found by attempts to break the guarantees. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HoleIT {

    @AutoClose
    private final SimulatedServices services =
            new SimulatedServices(SandboxSettings.defaults().seed(9).eventsPerHour(60));

    @RegisterExtension
    final LogLines log = new LogLines();

    private final List<Error> fatal = new CopyOnWriteArrayList<>();

    @Test
    void errorInTheUploaderFailsOnlyOneWindow() throws Exception {
        AtomicInteger uploads = new AtomicInteger();
        RunningProgram program = services.onError(fatal::add).start(new Parts() {
            @Override
            protected Uploader uploader(RunContext run, Uploader usual) {
                return (stream, body) -> {
                    if (uploads.getAndIncrement() == 0) {
                        throw new OutOfMemoryError("a test's");
                    }
                    usual.upload(stream, body);
                };
            }
        });
        assertTheSecondPollLands(program);
    }

    @Test
    void errorInTheRepositoryFailsOnlyOneWindow() throws Exception {
        AtomicInteger claims = new AtomicInteger();
        RunningProgram program = services.onError(fatal::add).start(new Parts() {
            @Override
            protected SeenKeys seenKeys(RunContext run, Store store) {
                return new SeenKeys(store, 1_000, run.clock()) {
                    @Override
                    public Outcome claim(TapEvent event) {
                        if (claims.incrementAndGet() == 20) {
                            throw new NoClassDefFoundError("a test's");
                        }
                        return super.claim(event);
                    }
                };
            }
        });
        assertTheSecondPollLands(program);
    }

    @Test
    void errorInAnOperatorsStepFailsTheWindowAndNamesTheRoute() throws Exception {
        Path routes = Files.createDirectory(services.folder().resolve("routes"));
        RouteFiles.in(Path.of(RouteFiles.FOLDER)).texts().forEach((name, text) -> {
            try {
                Files.writeString(
                        routes.resolve(name),
                        text.replaceAll(
                                "(uri: direct:before-messages-blocked\n +steps:\n)",
                                "$1        - bean: {beanType: '" + Assertions.class.getName()
                                        + "', method: \"fail('a test')\"}\n"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        RunningProgram program = services.onError(fatal::add).start(new Parts() {
            @Override
            protected Path routesFolder() {
                return routes;
            }
        });
        program.poll();
        assertThat(fatal).isEmpty();
        assertThat(log.lines())
                .anyMatch(line -> line.contains("UTC failed, ")
                        && line.contains("AssertionError")
                        && line.contains("before-messages-blocked"));

        program.stop();
        services.start().poll();
        assertThat(services.rows()).isEqualTo(services.firstHour());
    }

    @Test
    void clockJumpCausesNoDuplicates() throws Exception {
        services.start().poll().stop();
        // the oldest window and the fresh one
        services.tapProxy().next(2, Fault.REFUSE);
        services.clock().advance(Duration.ofDays(10));
        services.start().poll().stop();
        services.clock().advance(Duration.ofDays(-10));

        services.start().poll();

        assertThat(services.rows()).doesNotHaveDuplicates();
    }

    @Test
    void stopKeepsForeignFilesInTheSpoolFolder() throws Exception {
        Path mine = Files.createDirectories(services.folder().resolve("state/spool/sub"));
        Files.writeString(mine.resolve("mine.txt"), "precious");

        services.start().poll().stop();

        assertThat(mine.resolve("mine.txt")).exists();
        assertThat(services.folder().resolve("state/tap.db")).exists();
    }

    private void assertTheSecondPollLands(RunningProgram program) {
        program.poll();
        assertThat(services.reads()).isEmpty();
        assertThat(fatal).as("fatal errors").singleElement();

        program.poll();

        assertThat(services.rows()).isEqualTo(services.firstHour());
    }
}
