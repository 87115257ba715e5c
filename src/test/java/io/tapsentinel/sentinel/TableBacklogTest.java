package io.tapsentinel.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.monitoring.health.KnownProblem;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.tap.plan.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableBacklogTest {

    private static final EventType TYPE = EventType.CLICKS_BLOCKED;
    private static final Instant NOW = Instant.parse("2026-11-20T13:07:40Z");
    private static final Instant SINCE = Instant.parse("2026-11-20T12:04:09Z");
    private static final Instant PROBE = Instant.parse("2026-11-20T13:09:20Z");

    @Test
    void suspendedTableIsDescribedWithReasonNextProbeAndRemedy() {
        assertThat(suspended("Sentinel answered 403 AuthorizationFailed: no role (request id 1-2)", 1_118)
                        .sentences(NOW))
                .contains(
                        "ProofPointTAPClicksBlockedV2_CL has been suspended for 1 h 3 min (since 12:04 UTC):"
                                + " Sentinel answered 403 AuthorizationFailed: no role (request id 1-2)."
                                + " 1,118 events are deferred; next probe at the first poll after 13:10 UTC."
                                + " Assign the identity the role Monitoring Metrics Publisher on the data collection rule (effective within 30 minutes);"
                                + " the command doctor names the identity; the other tables go on, and TAP keeps the events for 7 days.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sentinel answered 403 AuthorizationFailed | assign the identity the role",
                "Sentinel answered 404 NotFound: no such rule. | check sentinel.dcr-immutable-id",
                "Sentinel answered 400 InvalidStream | check that the rule has the table's stream, with the columns and the transformation",
                "Sentinel answered 413 | find what refuses requests under 1 MB",
                "Sentinel answered 408 | check Azure's status page",
                "Sentinel answered 503 | check Azure's status page",
                "no answer from host:443: HttpTimeoutException: 403 ms | check Azure's status page",
                "Sentinel answered 202 where only 204 means accepted | check that sentinel.endpoint belongs to the rule",
                "Sentinel answered 405 | check that sentinel.endpoint belongs to the rule"
            })
    void remedyDependsOnTheLastAnswer(String reason, String remedy) {
        assertThat(suspended(reason, 1).remedy().orElseThrow())
                .startsWith(remedy)
                .endsWith("; the other tables go on, and TAP keeps the events for 7 days")
                .doesNotContain("Reading and sending wait");
        assertThat(suspended(reason, 1).sentences(NOW).orElseThrow())
                .contains(" 1 event is deferred; ")
                .doesNotContain("..");
    }

    @Test
    void remediesEqualThoseOfHealth() {
        String role = suspended("Sentinel answered 403", 0).remedy().orElseThrow();

        assertThat(KnownProblem.SENTINEL_ROLE.remedy()).startsWith(role.substring(0, role.indexOf("; the other")));
    }

    @Test
    void reasonOfAnEarlierVersionReadsLikeANewOne() {
        TableBacklog table = suspended(
                "21 or more records were refused alike: upload to Custom-ProofPointTAPClicksBlockedV2_CL refused: 400 X",
                0);

        assertThat(table.words(NOW).orElseThrow())
                .contains(
                        "): 21 or more records were refused alike: Sentinel answered 400 X. No event is deferred yet");
        assertThat(table.remedy().orElseThrow()).startsWith("check that the rule has the table's stream");
    }

    @Test
    void dueProbeIsAtTheNextPollAndOtherDaysAreNamed() {
        assertThat(suspended("Sentinel answered 503", 2)
                        .words(NOW.plus(Duration.ofDays(1)))
                        .orElseThrow())
                .startsWith(
                        "ProofPointTAPClicksBlockedV2_CL has been suspended for 1 d 1 h (since 20 Nov 12:04 UTC): Sentinel answered 503. ")
                .endsWith("; next probe at the next poll");
    }

    @Test
    void connectionFailureIsShownUnchanged() {
        assertThat(suspended("no answer from host:443: ConnectException: Connection refused: connect", 1)
                        .words(NOW)
                        .orElseThrow())
                .contains(": no answer from host:443: ConnectException: Connection refused: connect. 1 event is");
    }

    /** Without an event there is no batch to use as a probe. */
    @Test
    void nextCheckIsShownWithoutDeferredEvents() {
        TableBacklog table = new TableBacklog(
                TYPE, Optional.of(new Suspended(SINCE, PROBE, 0, "Sentinel answered 503")), 0, 2, List.of());

        assertThat(table.words(NOW).orElseThrow())
                .endsWith("503. No event is deferred yet; next check at the first poll after 13:10 UTC");
        assertThat(table.words(NOW.plus(Duration.ofHours(1))).orElseThrow()).endsWith("; next check at the next poll");
    }

    @Test
    void nextProbeIsShownWhenOnlyTimeWaits() {
        assertThat(suspended("Sentinel answered 503", 0).words(NOW).orElseThrow())
                .endsWith("No event is deferred yet; next probe at the first poll after 13:10 UTC");
    }

    @Test
    void timeWithoutDeferredEventsIsReadOnceMore() {
        TimeRange waiting = new TimeRange(SINCE, NOW);

        assertThat(new TableBacklog(TYPE, Optional.empty(), 0, 0, List.of(waiting)).sentences(NOW))
                .contains("ProofPointTAPClicksBlockedV2_CL is catching up from 12:04 UTC: no event is deferred;"
                        + " this time is read from TAP again.");
    }

    @Test
    void catchingUpIsDescribedAfterASuspension() {
        TimeRange waiting = new TimeRange(SINCE, NOW);

        assertThat(new TableBacklog(TYPE, Optional.empty(), 118, 3, List.of(waiting)).sentences(NOW))
                .contains("ProofPointTAPClicksBlockedV2_CL is catching up from 12:04 UTC:"
                        + " 118 events are deferred and being read from TAP again.");
        assertThat(new TableBacklog(TYPE, Optional.empty(), 1, 0, List.of(waiting)).sentences(NOW))
                .contains("ProofPointTAPClicksBlockedV2_CL is catching up from 12:04 UTC:"
                        + " 1 event is deferred and being read from TAP again.");
    }

    @Test
    void tableWithoutBacklogHasNoDescription() {
        TableBacklog table = new TableBacklog(TYPE, Optional.empty(), 0, 3, List.of());

        assertThat(table.words(NOW)).isEmpty();
        assertThat(table.remedy()).isEmpty();
        assertThat(table.sentences(NOW)).isEmpty();
        assertThat(table.length(NOW)).isZero();
    }

    private static TableBacklog suspended(String reason, long deferred) {
        return new TableBacklog(
                TYPE,
                Optional.of(new Suspended(SINCE, PROBE, 0, reason)),
                deferred,
                0,
                List.of(new TimeRange(SINCE, NOW)));
    }
}
