package io.tapsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.sentinel.upload.Uploader;
import io.tapsentinel.state.SeenKeys;
import io.tapsentinel.state.Store;
import io.tapsentinel.tap.TapEvent;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Holes that were found by trying to break the guarantees, closed and kept closed. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HoleIT {

    @AutoClose
    private final SimulatedServices services = new SimulatedServices(
            SandboxSettings.builder().seed(9).eventsPerHour(60).build());

    @Test
    void anErrorInTheUploaderFailsTheWindowAndTheNextOneLands() throws Exception {
        AtomicInteger uploads = new AtomicInteger();
        RunningProgram program = services.start((settings, properties, clock, committed) ->
                new Program(settings, properties, clock, committed) {
                    @Override
                    protected Uploader uploader() {
                        Uploader real = super.uploader();
                        return (stream, body) -> {
                            if (uploads.getAndIncrement() == 0) {
                                throw new OutOfMemoryError("a test's");
                            }
                            real.upload(stream, body);
                        };
                    }
                });
        assertTheSecondPollLands(program);
    }

    @Test
    void anErrorInTheRepositoryFailsTheWindowAndTheNextOneLands() throws Exception {
        AtomicInteger claims = new AtomicInteger();
        RunningProgram program = services.start((settings, properties, clock, committed) ->
                new Program(settings, properties, clock, committed) {
                    @Override
                    protected SeenKeys seenKeys(Store store) {
                        return new SeenKeys(store, 1_000, clock) {
                            @Override
                            public Claim claim(TapEvent event) {
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
    void aClockThatJumpsAheadDoesNotMakeTheProgramForgetWhatItDelivered() throws Exception {
        services.start().poll().stop();
        services.tapProxy().next(Fault.REFUSE);
        services.clock().advance(Duration.ofDays(10));
        services.start().poll().stop();
        services.clock().advance(Duration.ofDays(-10));

        services.start().poll();

        assertThat(services.rows()).doesNotHaveDuplicates();
    }

    @Test
    void aStopLeavesWhatElseLiesInTheSpoolFolder() throws Exception {
        Path mine = Files.createDirectories(services.folder().resolve("state/spool/sub"));
        Files.writeString(mine.resolve("mine.txt"), "precious");

        services.start().poll().stop();

        assertThat(mine.resolve("mine.txt")).exists();
        assertThat(services.folder().resolve("state/tap.db")).exists();
    }

    private void assertTheSecondPollLands(RunningProgram program) {
        program.poll();
        assertThat(services.reads()).isEmpty();

        program.poll();

        assertThat(services.rows()).isEqualTo(services.firstHour());
    }
}
