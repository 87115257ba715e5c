package io.tapsentinel.packaged;

import static io.tapsentinel.testing.PackagedProgram.awaitSoon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.FaultProxy;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The log at its finest level, with every fault on both sides, holds no content and no secret. */
@Timeout(value = 150, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PrivacyIT extends PackagedFixture {

    private static final Duration SOON = Duration.ofSeconds(60);
    /** TAP's fault, and the log's words for it; two where the HTTP client may retry by itself. */
    private static final Map<Fault[], String> TAP = inOrder(
            new Fault[] {Fault.REFUSE}, "TAP answered 500",
            new Fault[] {Fault.HTML}, "TAP's answer: not a JSON object at byte 0",
            new Fault[] {Fault.DROP, Fault.DROP}, "failed to respond",
            new Fault[] {Fault.LOSE_ANSWER, Fault.LOSE_ANSWER}, "TAP answered 503",
            new Fault[] {Fault.CUT_BODY}, "TAP's answer is cut or not JSON at byte \\d{4,}");

    private static final Map<Fault, String> SINK = Map.of(
            Fault.REFUSE, "Sentinel answered 500",
            Fault.LOSE_ANSWER, "Sentinel answered 503",
            Fault.HTML, "answered 200 where only 204",
            Fault.UNAUTHORIZED, "Sentinel answered 401",
            Fault.DROP, "no answer from");

    @Test
    void noContentAndNoSecretReachesTheLogWhateverFails() throws Exception {
        SandboxSettings events = SandboxSettings.defaults()
                .seed(14)
                .eventsPerHour(1_500)
                .shareWithoutId(0.1)
                .shareDocumented(0.2);
        LiveServices services = open(new LiveServices(events, Duration.ofMinutes(40)));
        FaultProxy tap = open(new FaultProxy(services.tapUri()));
        FaultProxy sink = open(new FaultProxy(services.sinkUri()));
        services.tables().count(LiveServices.MARKER);
        TAP.keySet().forEach(tap::next);
        PackagedProgram.Launch launch = services.launch(folder)
                .with("tap.poll.cron", "0/1 * * * * ?")
                .with("tap.budget.requests-per-day", "1000000")
                .with("tap.retry.pauses", "none")
                .with("tap.url", tap.uri().toString())
                .with("sentinel.endpoint", sink.uri().toString())
                .tableOptions("lingerMs: 500", "retryBackoffMs: 100", "retryBackoffMaxMs: 500")
                .debugLog();
        String output;
        try (PackagedProgram program = launch.start()) {
            TAP.values().forEach(said -> program.awaitLine("UTC failed, .*" + said));
            SINK.forEach((fault, said) -> untilSaid(program, said, sink, fault));
            program.awaitMoreCommitted(2);
            services.assertThatNothingCommittedIsLost(program);
            awaitSoon(
                    "health tells more than UP",
                    () -> program.health().all().stream()
                            .anyMatch(answer -> answer.startsWith("200 ")
                                    && answer.contains("storage.rejected.files")
                                    && answer.contains("sentinel.acknowledged")
                                    && answer.contains("tap.last-answer")));
            // last, since the program then rests for a quarter of an hour
            tap.next(Fault.UNAUTHORIZED);
            program.awaitLine("UTC failed, .*TAP answered 401");
            program.stop();
            output = program.output();
        }

        assertThat(output).as("the log is at DEBUG").contains(" DEBUG i.t.");
        assertThat(services.tables().counted())
                .as("rows with the marker")
                .isGreaterThan(700)
                .isEqualTo(services.tables().size());
        assertThat(output)
                .as("content and credentials")
                .doesNotContain(LiveServices.NEVER_SHOWN.toArray(String[]::new));
    }

    /** Uploads fail one after the other, since the log names only the first failure of a window. */
    private static void untilSaid(PackagedProgram program, String said, FaultProxy sink, Fault fault) {
        AtomicInteger before = new AtomicInteger(-1);
        await("printed: " + said).atMost(SOON).until(() -> {
            int requests = sink.requests();
            if (before.getAndSet(requests) < requests) {
                sink.next(fault);
            }
            return !program.found(said).isEmpty();
        });
        sink.forget();
    }

    private static Map<Fault[], String> inOrder(Object... faultsAndWords) {
        Map<Fault[], String> map = new LinkedHashMap<>();
        for (int i = 0; i < faultsAndWords.length; i += 2) {
            map.put((Fault[]) faultsAndWords[i], (String) faultsAndWords[i + 1]);
        }
        return map;
    }
}
