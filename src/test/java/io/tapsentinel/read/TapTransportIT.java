package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.app.Parts;
import io.tapsentinel.app.RunContext;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.tap.plan.Pool;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.ScriptedRequest;
import io.tapsentinel.testing.ScriptedServer;
import io.tapsentinel.testing.SimulatedRun;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server can do to the connection: endless answers, or answers that break the client. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TapTransportIT extends SimulatedRun {

    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

    @AutoClose
    private ScriptedServer tap;

    @BeforeEach
    void standBeforeTap() throws IOException {
        tap = new ScriptedServer(services.tapProxy().uri());
        services.with("tap.url", tap.uri().toString());
    }

    @Test
    void tricklingAnswerTimesOutAndTwoOfThemHalveTheWindow() throws Exception {
        services.with("tap.request-timeout", "PT3S").with("tap.retry.pauses", "PT0S,PT0S");
        tap.next(
                call -> trickle(call, HEAD + "Content-Length: 1000000\r\n\r\n", "{\"messagesDelivered\":["),
                call -> trickle(call, HEAD + "Transfer-Encoding: chunked\r\n\r\n", "100000\r\n{\"clicksBlocked\":["));
        services.start().poll();

        assertThat(log.lines("UTC failed, "))
                .hasSize(2)
                .allMatch(line -> line.contains("TAP's answer was not complete after 3 s (tap.request-timeout)"))
                .last()
                .asString()
                .contains("in windows of 30 min");
        assertThat(services.reads())
                .hasSize(2)
                .allMatch(read -> read.window().length().toMinutes() == 30);
        services.assertEverythingLandedOnce();
    }

    @Test
    void tricklingHeadersTimeOut() throws Exception {
        services.with("tap.request-timeout", "PT1S");
        tap.next(call -> trickle(call, "HTTP/1.1 200 OK\r\n", "X-A: b\r\n"));
        services.start().poll();

        assertThat(log.lines()).anyMatch(line -> line.contains("UTC failed, ") && line.contains("tap.request-timeout"));
    }

    @Test
    void answerWithinTheTimeoutIsRead() throws Exception {
        services.with("tap.request-timeout", "PT10S").start().poll();

        services.assertEverythingLandedOnce();
    }

    @Test
    void endlessHeadersFailTheRequestAndTheNextOneIsSent() throws Exception {
        tap.next(call -> endless(call, "X-Endless: ", "aaaaaaaaaaaaaaaa"), call -> endless(call, "", "X-Many: b\r\n"));
        RunningProgram program = services.start().poll().poll();
        assertThat(services.reads()).isEmpty();
        assertThat(log.lines("UTC failed, "))
                .hasSize(2)
                .anyMatch(line -> line.contains("Maximum line length limit exceeded"))
                .anyMatch(line -> line.contains("Maximum header count exceeded"))
                .allMatch(line -> line.contains("the limit is 200 headers of 16 KiB. Check which server answers"));

        program.poll();
        services.assertEverythingLandedOnce();
    }

    @Test
    void errorInARequestIsHandledOnceAndTheNextRequestIsSent() throws Exception {
        List<Error> fatal = new CopyOnWriteArrayList<>();
        AtomicInteger requests = new AtomicInteger();
        RunningProgram program = services.onError(fatal::add).start(new Parts() {
            @Override
            protected RequestBudget budget(RunContext run, Store store, TapClock tapClock) {
                return new RequestBudget(store, 1_800, 30, 288, tapClock, run.clock()) {
                    @Override
                    public boolean take(Pool pool, Purpose purpose) {
                        if (requests.incrementAndGet() == 1) {
                            throw new OutOfMemoryError("a test's");
                        }
                        return super.take(pool, purpose);
                    }
                };
            }
        });
        program.poll();
        assertThat(fatal).singleElement().isInstanceOf(OutOfMemoryError.class);

        program.poll();
        services.assertEverythingLandedOnce();
    }

    @Test
    void persistentInternalFailureFailsLivenessUntilACommit() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        RunningProgram program = services.start(new Parts() {
            @Override
            protected RequestBudget budget(RunContext run, Store store, TapClock tapClock) {
                return new RequestBudget(store, 1_800, 30, 288, tapClock, run.clock()) {
                    @Override
                    public boolean take(Pool pool, Purpose purpose) {
                        if (broken.get()) {
                            throw new IllegalStateException("Connection pool shut down");
                        }
                        return super.take(pool, purpose);
                    }
                };
            }
        });
        for (int i = 0; i < 9; i++) {
            program.poll();
            services.clock().advance(Duration.ofMinutes(5));
        }
        assertThat(program.health("process-health").getState()).isEqualTo(State.UP);
        program.poll();
        assertThat(program.health("process-health").getState()).isEqualTo(State.DOWN);
        assertThat(program.health("process-health").getCheck().isLiveness()).isTrue();

        broken.set(false);
        program.poll();
        assertThat(program.health("process-health").getState()).isEqualTo(State.UP);
    }

    @Test
    void onlyAnAnswerWithALengthOrChunksIsNarrowedDown() throws Exception {
        String cut = "{\"messagesBlocked\":[{\"GUID\":\"1\"";
        RunningProgram program = services.start();
        for (int i = 0; i < 5; i++) {
            tap.next(call -> call.write(HEAD + "Connection: close\r\n\r\n" + cut));
            program.poll();
        }
        assertThat(unreadable()).as("the end of the connection may have cut it").isZero();
        assertThat(log.lines("UTC failed, "))
                .allMatch(line -> line.endsWith("; it has neither a length nor chunks, so it may be cut off"));
        assertThat(program.healthMessage("tap-health"))
                .contains("it has neither a length nor chunks, so it may be cut off", "Content-Length")
                .doesNotContain("check tap.url");

        tap.next(call -> call.write(HEAD + "Content-Length: 100\r\n\r\n" + cut));
        program.poll();
        assertThat(unreadable()).as("a length that was not reached").isZero();

        tap.next(call -> call.write(HEAD + "Transfer-Encoding: chunked\r\n\r\n1f\r\n" + cut + "\r\n"));
        program.poll();
        assertThat(unreadable()).as("chunks without the last one").isZero();

        tap.next(call -> call.write(HEAD + "Transfer-Encoding: chunked\r\n\r\n1f\r\n" + cut + "\r\n0\r\n\r\n"));
        program.poll();
        assertThat(unreadable()).as("all chunks").isEqualTo(1);
        assertThat(log.lines("UTC failed, ")).hasSize(8);

        // the first request may find the connection closed
        program.poll().poll();
        services.assertEverythingLandedOnce();
        assertThat(unreadable()).isZero();
    }

    private long unreadable() throws SQLException {
        return services.store().number("SELECT count(*) FROM unreadable");
    }

    /** Starts an answer, then sends a byte every 50 ms until the client has gone. */
    private static void trickle(ScriptedRequest call, String head, String beginning)
            throws IOException, InterruptedException {
        call.write(head + beginning);
        CountDownLatch never = new CountDownLatch(1);
        while (!never.await(50, TimeUnit.MILLISECONDS)) {
            call.write(head.endsWith("\r\n\r\n") ? " " : "X");
        }
    }

    private static void endless(ScriptedRequest call, String beginning, String again)
            throws IOException, InterruptedException {
        call.write("HTTP/1.1 200 OK\r\n" + beginning);
        for (int i = 0; i < 10_000; i++) {
            call.write(again.repeat(100));
        }
    }
}
