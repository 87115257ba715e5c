package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.process.ProgramErrorException;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.tap.answer.TapAnswerException;
import io.tapsentinel.tap.api.TapRefusedException;
import io.tapsentinel.testing.MovableClock;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.RuntimeCamelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InternalFailuresTest {

    private static final RuntimeException UNEXPLAINED = new IllegalStateException("Connection pool shut down");

    private final List<Error> fatal = new ArrayList<>();
    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final InternalFailures failures = new InternalFailures(fatal::add, clock);

    @Test
    void tenFailuresInARowOverFifteenMinutesNeedARestart() {
        fail(9, Duration.ofMinutes(5));
        assertThat(failures.isStuck()).isFalse();

        fail(1, Duration.ZERO);
        assertThat(failures.isStuck()).isTrue();
    }

    @Test
    void manyFailuresAtOnceDoNotNeedARestart() {
        fail(143, Duration.ofSeconds(1));

        assertThat(failures.isStuck()).isFalse();
    }

    @Test
    void committedWindowResetsTheCount() {
        fail(12, Duration.ofMinutes(5));
        failures.committed();
        assertThat(failures.isStuck()).isFalse();

        fail(9, Duration.ofMinutes(5));
        assertThat(failures.isStuck()).isFalse();
    }

    static Stream<Throwable> explained() {
        return Stream.of(
                new TapRefusedException(503, "no such luck"),
                new TapAnswerException("cut"),
                new UnknownHostException("tap.example"),
                new SocketException("reset"),
                new StoreException("refused"),
                new UploadException(403, "refused"),
                new WindowFailedException("a route lost an event", UNEXPLAINED),
                new BudgetUsedUpException("used up"),
                new RuntimeCamelException(new IOException("No space left on device")));
    }

    @ParameterizedTest
    @MethodSource("explained")
    void explainedFailuresDoNotCount(Throwable explained) {
        for (int i = 0; i < 20; i++) {
            failures.failed(explained);
            clock.advance(Duration.ofMinutes(5));
        }

        assertThat(failures.isStuck()).isFalse();
    }

    @Test
    void errorIsHandledWhereverItIsInTheCauses() {
        OutOfMemoryError error = new OutOfMemoryError("a test's");
        failures.failed(error);
        failures.failed(new WindowFailedException("it failed", new ProgramErrorException("the upload", error)));

        assertThat(fatal).containsExactly(error, error);
    }

    @Test
    void stackOverflowDoesNotEndTheProcess() {
        failures.failed(new StackOverflowError());

        assertThat(fatal).isEmpty();
    }

    @Test
    void errorInTheProgramsOwnCodeIsNotBlamedOnAStep() {
        Error error = new NoClassDefFoundError("a test's");

        assertThat(FatalErrors.isOfAStep(new RuntimeCamelException(error))).isTrue();
        assertThat(FatalErrors.isOfAStep(new RuntimeCamelException(new ProgramErrorException("the upload", error))))
                .isFalse();
        assertThat(FatalErrors.isOfAStep(UNEXPLAINED)).isFalse();
    }

    private void fail(int times, Duration then) {
        for (int i = 0; i < times; i++) {
            failures.failed(UNEXPLAINED);
            clock.advance(then);
        }
    }
}
