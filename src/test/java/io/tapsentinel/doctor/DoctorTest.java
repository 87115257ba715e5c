package io.tapsentinel.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.testing.Foreign;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DoctorTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private record Fake(String name, Consumer<Consumer<Finding>> work) implements Check {
        @Override
        public void run(Consumer<Finding> found) {
            work.accept(found);
        }
    }

    @Test
    void allChecksOkEndsNormally() {
        examine(LONG, well("one"), well("two"));
        assertThat(printed()).isEqualTo("✓ one: fine\n✓ two: fine\n");
    }

    @Test
    void problemsAndSkippedChecksAreCounted() {
        assertThatThrownBy(() -> examine(
                        LONG,
                        well("one"),
                        new Fake("two", found -> {
                            found.accept(Finding.problem("two", "bad\nand worse"));
                            found.accept(Finding.problem("two", "worse"));
                        }),
                        new Fake("three", found -> found.accept(Finding.skipped("three", "why")))))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("doctor: 2 problems, 1 check skipped");
        assertThat(printed()).isEqualTo("✓ one: fine\n✗ two: bad and worse\n✗ two: worse\n- three: why\n");
    }

    @Test
    void skippedCheckIsAFailure() {
        assertThatThrownBy(() -> examine(LONG, new Fake("one", found -> found.accept(Finding.skipped("one", "why")))))
                .hasMessage("doctor: 0 problems, 1 check skipped");
    }

    @Test
    void eachFindingIsPrintedAtOnce() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        Thread patient = new Thread(() -> examine(LONG, new Fake("one", found -> {
            found.accept(Finding.ok("one", "first"));
            waitFor(seen);
            found.accept(Finding.ok("one", "second"));
        })));
        patient.start();
        await("the first line").atMost(LONG).until(() -> printed().equals("✓ one: first\n"));
        seen.countDown();
        patient.join();
        assertThat(printed()).isEqualTo("✓ one: first\n✓ one: second\n");
    }

    @Test
    void hangingCheckTimesOutAndItsLateFindingsAreDropped() {
        CountDownLatch late = new CountDownLatch(1);
        AtomicBoolean told = new AtomicBoolean();
        assertThatThrownBy(() -> examine(
                        Duration.ofMillis(50),
                        new Fake("one", found -> {
                            awaitThroughInterrupts(late);
                            found.accept(Finding.ok("one", "too late"));
                            told.set(true);
                        }),
                        well("two")))
                .hasMessage("doctor: 1 problem");
        late.countDown();
        await("the late line").atMost(LONG).untilTrue(told);
        assertThat(printed())
                .startsWith("✗ one: no result within ")
                .endsWith("\n✓ two: fine\n")
                .doesNotContain("too late");
    }

    @Test
    void unexpectedExceptionIsReportedWithoutItsMessage() {
        assertThatThrownBy(() -> examine(
                        LONG,
                        new Fake("one", found -> {
                            throw Foreign.of(new IllegalStateException("content"));
                        }),
                        well("two")))
                .hasMessage("doctor: 1 problem");
        assertThat(printed())
                .isEqualTo(
                        "✗ one: the check failed: java.lang.IllegalStateException at org.example.Library.call\n✓ two: fine\n");
    }

    private static Check well(String name) {
        return new Fake(name, found -> found.accept(Finding.ok(name, "fine")));
    }

    private void examine(Duration longest, Check... checks) {
        new Doctor(List.of(checks), longest, out).examine();
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitThroughInterrupts(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await();
                done = true;
            } catch (InterruptedException e) {
                // like a client that ignores interrupts
            }
        }
    }
}
