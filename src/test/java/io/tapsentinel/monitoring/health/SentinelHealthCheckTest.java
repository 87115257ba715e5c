package io.tapsentinel.monitoring.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.monitoring.health.Findings.Level;
import io.tapsentinel.monitoring.health.Findings.Problem;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.sentinel.TableBacklog;
import io.tapsentinel.sentinel.batch.DeliveryListener;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentinelHealthCheckTest {

    private static final Instant START = Instant.parse("2026-11-20T12:00:00Z");
    private static final EventType BLOCKED = EventType.CLICKS_BLOCKED;
    private static final String REASON = "Sentinel answered 403 Forbidden";

    private final MovableClock clock = MovableClock.ticking(START);
    private volatile List<TableBacklog> stored = List.of();
    private final SentinelComponent sentinel = new SentinelComponent(clock, clock.steady());
    private final SentinelHealthCheck check = new SentinelHealthCheck(sentinel, this::stored, clock);
    private final DeliveryListener clicks = sentinel.deliveryStatus().listen("Clicks_CL");
    private final DeliveryListener messages = sentinel.deliveryStatus().listen("Messages_CL");

    @Test
    void retriesAreShownUntilTheySucceed() {
        clicks.acknowledged(List.of(), 2);
        clock.advance(Duration.ofMinutes(1));
        clicks.failing(refused(503), false);
        clock.advance(Duration.ofMinutes(1));
        clicks.failing(refused(503), false);
        messages.failing(refused(503), false);

        Findings findings = check.findings();
        assertThat(findings.level()).isEqualTo(Level.DEGRADED);
        assertThat(findings.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.what())
                    .startsWith(KnownProblem.SENTINEL_RETRIES.what())
                    .contains(
                            "Clicks_CL: refused with 503; 2 failed requests in a row since 12:01 UTC; also Messages_CL");
            assertThat(problem.remedy()).startsWith("no action needed: ");
        });
        assertThat(findings.details())
                .containsEntry("sentinel.last-acknowledged", "2026-11-20T12:00:00Z")
                .containsEntry("sentinel.last-acknowledged.Clicks_CL", "2026-11-20T12:00:00Z")
                .containsEntry("sentinel.failing-since.Clicks_CL", "2026-11-20T12:01:00Z")
                .containsEntry("sentinel.trouble.Clicks_CL", "2 failed requests in a row: refused with 503")
                .doesNotContainKey("sentinel.last-acknowledged.Messages_CL");

        clicks.accepted();
        messages.accepted();
        assertThat(check.findings().problems()).isEmpty();
        assertThat(check.findings().details())
                .doesNotContainKeys("sentinel.trouble.Clicks_CL", "sentinel.failing-since.Clicks_CL");
    }

    @Test
    void lastRefusalIsKeptInTheDetails() {
        clicks.failing(refused(429), false);
        clock.advance(Duration.ofMinutes(1));
        messages.failing(new UploadException(0, "no answer from host:443"), false);
        assertThat(check.findings().details())
                .containsEntry("sentinel.last-refusal.status", 0)
                .containsEntry("sentinel.last-refusal.table", "Messages_CL")
                .doesNotContainKeys(
                        "sentinel.last-refusal.code", "sentinel.last-refusal.text", "sentinel.last-refusal.request-id");

        clock.advance(Duration.ofMinutes(1));
        clicks.failing(refused(403), true);
        clicks.accepted();
        assertThat(check.findings().details())
                .containsEntry("sentinel.last-refusal", "refused with 403")
                .containsEntry("sentinel.last-refusal.at", "2026-11-20T12:02:00Z")
                .containsEntry("sentinel.last-refusal.table", "Clicks_CL")
                .containsEntry("sentinel.last-refusal.status", 403)
                .containsEntry("sentinel.last-refusal.code", "Code")
                .containsEntry("sentinel.last-refusal.text", "words")
                .containsEntry("sentinel.last-refusal.request-id", "id-1");
    }

    @ParameterizedTest
    @CsvSource({
        "401,SENTINEL_TOKEN",
        "403,SENTINEL_ROLE",
        "404,SENTINEL_RULE",
        "400,SENTINEL_REFUSES",
        "301,SENTINEL_REFUSES"
    })
    void permanentRefusalIsDownWithItsRemedy(int status, KnownProblem known) {
        messages.failing(refused(503), false);
        clicks.failing(refused(status), true);

        assertThat(check.findings().level()).isEqualTo(Level.DOWN);
        assertThat(check.findings().problems())
                .hasSize(2)
                .extracting(Problem::remedy)
                .contains(known.remedy());
    }

    @Test
    void failingStoreIsNotBlamedOnSentinel() {
        clicks.givenUp(new IllegalStateException("state.url: disk full"));

        assertThat(onlyProblem()).satisfies(problem -> {
            assertThat(problem.level()).isEqualTo(Level.DOWN);
            assertThat(problem.what())
                    .startsWith(KnownProblem.SENTINEL_NOT_KEPT.what())
                    .contains("disk full");
        });
        assertThat(check.findings().details()).doesNotContainKey("sentinel.last-refusal.status");
    }

    /** A request times out after 60 seconds; a table is suspended after two minutes. */
    @Test
    void timeoutIsReportedBeforeTheTableIsSuspended() {
        clicks.acknowledged(List.of(), 2);
        clicks.failing(new UploadException(0, "no answer from host:443"), false);

        assertThat(check.findings().level()).isEqualTo(Level.DEGRADED);
        assertThat(onlyProblem().what()).contains("host:443; 1 failed request in a row since 12:00 UTC");
    }

    @Test
    void suspendedTableIsDegradedAtOnceAndDownAfter30Minutes() {
        sentinel.deliveryStatus().listen(BLOCKED.table()).failing(refused(403), true);
        suspend();

        Findings now = check.findings();
        assertThat(now.level()).isEqualTo(Level.DEGRADED);
        assertThat(now.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.what())
                    .isEqualTo("a table is suspended (" + BLOCKED.table()
                            + " has been suspended for 0 s (since 12:00 UTC): Sentinel answered 403 Forbidden. 118 events are deferred;"
                            + " next probe at the first poll after 12:04 UTC)");
            assertThat(problem.remedy())
                    .startsWith("assign the identity the role")
                    .contains("the other tables go on");
        });
        assertThat(now.details())
                .containsEntry("sentinel.suspended-since." + BLOCKED.table(), "2026-11-20T12:00:00Z")
                .containsEntry("sentinel.next-probe." + BLOCKED.table(), "2026-11-20T12:04:00Z")
                .containsEntry("sentinel.suspended-reason." + BLOCKED.table(), REASON)
                .containsEntry("sentinel.deferred." + BLOCKED.table(), 118L);

        clock.advance(Duration.ofMinutes(30).minusSeconds(1));
        assertThat(check.findings().level()).isEqualTo(Level.DEGRADED);
        clock.advance(Duration.ofSeconds(1));
        assertThat(check.findings().level()).isEqualTo(Level.DOWN);
        assertThat(onlyProblem().what()).startsWith("a table has been suspended for 30 minutes (" + BLOCKED.table());
    }

    @Test
    void problemsOfOtherTablesAreStillReported() {
        clicks.failing(refused(503), false);
        sentinel.deliveryStatus().listen(BLOCKED.table()).failing(refused(403), true);
        suspend();

        assertThat(check.findings().problems())
                .extracting(Problem::what)
                .satisfiesExactlyInAnyOrder(
                        one -> assertThat(one).startsWith("a table is suspended"),
                        one -> assertThat(one).contains("(Clicks_CL: ").doesNotContain(BLOCKED.table()));
    }

    @Test
    void settingTheClockDoesNotChangeTheLengthOfASuspension() {
        sentinel.suspensions().of(BLOCKED).load(suspend());

        clock.set(clock.now().plus(Duration.ofHours(3)));

        assertThat(check.findings().level()).isEqualTo(Level.DEGRADED);
    }

    @Test
    void withoutAStoreTheProgramsOwnFailuresAreReported() {
        stored = null;
        sentinel.deliveryStatus().listen(BLOCKED.table()).failing(refused(403), true);

        assertThat(onlyProblem().what()).startsWith(KnownProblem.SENTINEL_ROLE.what());
    }

    @Test
    void failingStoreKeepsTheLastKnownSuspensions() {
        suspend();
        check.findings();
        stored = null;

        assertThat(onlyProblem().what()).startsWith("a table is suspended");
    }

    private Problem onlyProblem() {
        assertThat(check.findings().problems()).hasSize(1);
        return check.findings().problems().get(0);
    }

    /** Throws like a failing store. */
    private List<TableBacklog> stored() {
        return Objects.requireNonNull(stored);
    }

    private Suspended suspend() {
        Suspended so = new Suspended(START, START.plusSeconds(240), 2, REASON);
        stored = List.of(
                new TableBacklog(EventType.CLICKS_PERMITTED, Optional.empty(), 7, 0, List.of()),
                new TableBacklog(BLOCKED, Optional.of(so), 118, 0, List.of()));
        return so;
    }

    private static UploadException refused(int status) {
        return new UploadException(
                status, "refused with " + status, new UploadException.Answer("Code", "words", "id-1", null));
    }
}
