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
    private static final String UPLOAD = "upload to Custom-ProofPointTAPClicksBlockedV2_CL ";
    private static final Instant NOW = Instant.parse("2026-11-20T13:07:40Z");
    private static final Instant SINCE = Instant.parse("2026-11-20T12:04:09Z");
    private static final Instant PROBE = Instant.parse("2026-11-20T13:09:20Z");

    @Test
    void aSuspendedTableIsToldWithSinceWhyHowManyNextProbeAndWhatToDo() {
        assertThat(suspended("refused: 403 AuthorizationFailed: no role (request 1-2)", 1_118)
                        .sentences(NOW))
                .contains(
                        "ProofPointTAPClicksBlockedV2_CL is suspended since 12:04 UTC (1 h 3 min): 403 AuthorizationFailed: no role (request 1-2)."
                                + " 1,118 of its events are deferred; the next probe is at the first poll after 13:10 UTC."
                                + " Give the identity the role Monitoring Metrics Publisher on the data collection rule, it counts within 30 minutes;"
                                + " the command doctor names the identity; the other tables do not wait for it, and TAP keeps its events for 7 days.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "refused: 403 AuthorizationFailed | give the identity the role",
                "refused: 404 NotFound: no such rule. | check sentinel.dcr-immutable-id",
                "refused: 400 InvalidStream | check that the rule has the table's stream, its columns and its transformation",
                "refused: 413 | find what refuses requests of under 1 MB",
                "refused: 408 | look at Azure's status page",
                "refused: 503 | look at Azure's status page",
                "got no answer from host:443: HttpTimeoutException: 403 ms | look at Azure's status page",
                "answered 202 where only 204 means accepted | check that sentinel.endpoint is the rule's",
                "refused: 405 | check that sentinel.endpoint is the rule's"
            })
    void whatToDoDependsOnTheLastAnswer(String reason, String remedy) {
        assertThat(suspended(reason, 1).remedy().orElseThrow())
                .startsWith(remedy)
                .endsWith("; the other tables do not wait for it, and TAP keeps its events for 7 days")
                .doesNotContain("reading wait");
        assertThat(suspended(reason, 1).sentences(NOW).orElseThrow())
                .contains(" 1 of its events is deferred; ")
                .doesNotContain("..", UPLOAD);
    }

    @Test
    void theRemediesAreThoseOfTheProblemsOfAllTables() {
        String role = suspended("refused: 403", 0).remedy().orElseThrow();

        assertThat(KnownProblem.SENTINEL_ROLE.remedy()).startsWith(role.substring(0, role.indexOf("; the other")));
    }

    @Test
    void aReasonThatNamesTheUploadLaterLosesThatNameToo() {
        TableBacklog table = new TableBacklog(
                TYPE,
                Optional.of(new Suspended(
                        SINCE, PROBE, 3, "21 or more records were refused alike: " + UPLOAD + "refused: 400 X")),
                0,
                0,
                List.of());

        assertThat(table.words(NOW).orElseThrow())
                .contains("(1 h 3 min): 21 or more records were refused alike: 400 X. None of its events");
        assertThat(table.remedy().orElseThrow()).startsWith("check that the rule has the table's stream");
    }

    @Test
    void aProbeThatIsDueComesAtTheNextPollAndOtherDaysAreNamed() {
        assertThat(suspended("refused: 503", 2)
                        .words(NOW.plus(Duration.ofDays(1)))
                        .orElseThrow())
                .startsWith("ProofPointTAPClicksBlockedV2_CL is suspended since 20 Nov 12:04 UTC (1 d 1 h): 503. ")
                .endsWith("the next probe is at the next poll");
    }

    /** Only what says "refused" a second time goes. */
    @Test
    void aReasonOfTheConnectionStaysWhole() {
        assertThat(suspended("got no answer from host:443: ConnectException: Connection refused: connect", 1)
                        .words(NOW)
                        .orElseThrow())
                .contains(": got no answer from host:443: ConnectException: Connection refused: connect. 1 of its");
    }

    /** Without an event there is no batch that could be a probe. */
    @Test
    void ofATableForWhichNothingWaitsTheStreamIsAsked() {
        TableBacklog table = new TableBacklog(
                TYPE, Optional.of(new Suspended(SINCE, PROBE, 0, UPLOAD + "refused: 503")), 0, 2, List.of());

        assertThat(table.words(NOW).orElseThrow())
                .endsWith("503. None of its events is deferred so far; its stream is asked at the first poll after"
                        + " 13:10 UTC");
        assertThat(table.words(NOW.plus(Duration.ofHours(1))).orElseThrow())
                .endsWith("; its stream is asked at the next poll");
    }

    @Test
    void aTableWithTimeToReadAgainHasAProbeThoughNothingIsDeferredYet() {
        assertThat(suspended("refused: 503", 0).words(NOW).orElseThrow())
                .endsWith("None of its events is deferred so far; the next probe is at the first poll after 13:10 UTC");
    }

    @Test
    void timeThatIsLeftWithoutADeferredEventIsReadAgainOnce() {
        TimeRange waiting = new TimeRange(SINCE, NOW);

        assertThat(new TableBacklog(TYPE, Optional.empty(), 0, 0, List.of(waiting)).sentences(NOW))
                .contains("No event of ProofPointTAPClicksBlockedV2_CL waits any more; its time from 12:04 UTC is read"
                        + " from TAP again once.");
    }

    @Test
    void aTableThatAcceptsAgainIsToldWhileItsEventsAreReadAgain() {
        TimeRange waiting = new TimeRange(SINCE, NOW);

        assertThat(new TableBacklog(TYPE, Optional.empty(), 118, 3, List.of(waiting)).sentences(NOW))
                .contains("118 deferred events of ProofPointTAPClicksBlockedV2_CL are being read again from TAP,"
                        + " oldest from 12:04 UTC.");
        assertThat(new TableBacklog(TYPE, Optional.empty(), 1, 0, List.of(waiting)).sentences(NOW))
                .contains("1 deferred event of ProofPointTAPClicksBlockedV2_CL is being read again from TAP,"
                        + " oldest from 12:04 UTC.");
    }

    @Test
    void ofATableThatIsOwedNothingThereIsNothingToSay() {
        TableBacklog table = new TableBacklog(TYPE, Optional.empty(), 0, 3, List.of());

        assertThat(table.words(NOW)).isEmpty();
        assertThat(table.remedy()).isEmpty();
        assertThat(table.sentences(NOW)).isEmpty();
        assertThat(table.length(NOW)).isZero();
    }

    private static TableBacklog suspended(String reason, long deferred) {
        return new TableBacklog(
                TYPE,
                Optional.of(new Suspended(SINCE, PROBE, 0, UPLOAD + reason)),
                deferred,
                0,
                List.of(new TimeRange(SINCE, NOW)));
    }
}
