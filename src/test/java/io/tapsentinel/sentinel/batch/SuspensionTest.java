package io.tapsentinel.sentinel.batch;

import static io.tapsentinel.sentinel.batch.ScriptedStream.records;
import static io.tapsentinel.sentinel.batch.ScriptedStream.refused;
import static io.tapsentinel.sentinel.batch.ScriptedStream.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.event.Outcome;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a table is suspended, and what ends a suspension. */
class SuspensionTest {

    private final ScriptedStream stream = new ScriptedStream();
    private final BatchSplitter delivery = stream.delivery(retry(0));

    @ParameterizedTest
    @ValueSource(ints = {0, 302, 400, 403, 404, 408, 413, 500, 503})
    void tableIsSuspendedAfterTwoMinutesIfAnotherWorks(int status) {
        stream.always = refused(status, "X");
        stream.anotherWorks = true;
        List<PendingRecord> records = records(30, "window");

        assertDefers(records);

        assertThat(passed()).isBetween(Duration.ofMinutes(2), Duration.ofSeconds(125));
        assertThat(stream.suspension.isDeferring()).isTrue();
        assertThat(stream.kept).singleElement().satisfies(kept -> {
            assertThat(kept.since()).isEqualTo(stream.clock().now().truncatedTo(ChronoUnit.MILLIS));
            assertThat(kept.nextProbe()).isEqualTo(kept.since().plusSeconds(60));
            assertThat(kept.probes()).isZero();
            assertThat(kept.reason()).contains("refused: " + status);
        });
        assertThat(records).allMatch(record -> record.event().getOutcome() == Outcome.SENDING);
        assertThat(stream.rejected).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 408, 500})
    void unansweredRequestIsAPossibleDuplicateBeforeDeferral(int status) {
        stream.always = refused(status, "X");
        stream.anotherWorks = true;

        assertDefers(records(3, "window"));

        assertThat(stream.log).endsWith("sending 3", "unknown");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 429})
    void tokenFailuresAndThrottlingNeverSuspend(int status) {
        stream.always = refused(status, "X");
        stream.anotherWorks = true;
        BatchSplitter impatient = stream.delivery(retry(Duration.ofMinutes(20).toMillis()));

        assertGivesUp(impatient, records(1, "window"));
    }

    @Test
    void connectionFailureNeverSuspendsAndRestartsTheTwoMinutes() {
        stream.always = refused(500, "X");
        stream.anotherWorks = true;
        stream.beforeRequest = () -> {
            if (passed().toSeconds() > 100 && passed().toSeconds() < 250) {
                stream.always = unconnected();
            } else {
                stream.always = refused(500, "X");
            }
        };

        BatchSplitter frequent =
                stream.delivery(new RetrySettings(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ZERO));

        assertDefers(frequent, records(1, "window"));

        assertThat(passed()).isBetween(Duration.ofSeconds(250 + 120), Duration.ofSeconds(256 + 120));
    }

    @Test
    void batchIsRetriedWithoutSuspensionWhileNoOtherTableWorks() throws Exception {
        stream.always = refused(403, "X");
        stream.beforeRequest = () -> stream.always = passed().toHours() < 3 ? stream.always : null;

        delivery.deliver(records(3, "window"));

        assertThat(stream.kept).isEmpty();
        assertThat(stream.stored).hasSize(3);
        assertThat(passed()).isBetween(Duration.ofHours(3), Duration.ofHours(3).plusSeconds(80));
    }

    @Test
    void tableIsSuspendedWithinHalfAMinuteOfAnotherRecovering() {
        stream.always =
                new UploadException(503, "busy", new UploadException.Answer("Busy", null, null, Duration.ofHours(1)));
        stream.beforeRequest = () -> stream.anotherWorks = false;
        stream.onPause = () -> stream.anotherWorks = passed().toMinutes() >= 20;

        assertDefers(records(1, "window"));

        assertThat(passed())
                .isBetween(Duration.ofMinutes(20), Duration.ofMinutes(20).plusSeconds(31));
    }

    /** All tables failed and recovered: the table is retried before an old failure suspends it. */
    @Test
    void tableThatRecoversWithAnotherIsNotSuspended() throws Exception {
        stream.always = refused(503, "Busy");
        stream.onPause = () -> {
            stream.anotherWorks = passed().toSeconds() >= 135;
            stream.always = stream.anotherWorks ? null : stream.always;
        };

        delivery.deliver(records(3, "window"));

        assertThat(stream.kept).isEmpty();
        assertThat(stream.stored).hasSize(3);
        assertThat(passed()).isBetween(Duration.ofSeconds(135), Duration.ofSeconds(166));
    }

    @Test
    void throttledTableIsNotSuspended() {
        stream.always = refused(503, "Busy");
        stream.onPause = () -> {
            stream.anotherWorks = passed().toSeconds() >= 135;
            stream.always = stream.anotherWorks ? refused(429, "Busy") : stream.always;
        };
        BatchSplitter impatient = stream.delivery(retry(Duration.ofMinutes(20).toMillis()));

        assertGivesUp(impatient, records(1, "window"));
    }

    @Test
    void givenUpBatchDoesNotRestartTheTwoMinutes() {
        stream.always = refused(500, "X");
        stream.anotherWorks = true;
        BatchSplitter impatient = stream.delivery(retry(60_000));

        assertGivesUp(impatient, records(1, "window"));
        assertThat(passed()).isLessThan(Duration.ofMinutes(1));
        stream.clock().advance(Duration.ofSeconds(90));
        assertDefers(impatient, records(1, "window"));
    }

    @Test
    void acknowledgementRestartsTheTwoMinutes() throws Exception {
        stream.anotherWorks = true;
        for (int i = 0; i < 10; i++) {
            stream.next.addAll(List.of(refused(500, "X"), refused(500, "X"), refused(500, "X"), refused(500, "X")));
            delivery.deliver(records(1, "window"));
            stream.clock().advance(Duration.ofMinutes(1));
        }

        assertThat(stream.kept).isEmpty();
        assertThat(stream.stored).hasSize(10);
    }

    @Test
    void probesComeAfterOneTwoFourAndAtMostThirtyMinutes() {
        suspend();
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            Instant before = stream.clock().now();
            Instant next = last().nextProbe();
            stream.clock().advance(Duration.between(before, next).minusMillis(1));
            assertThat(stream.suspension.isDeferring()).isTrue();
            stream.clock().advance(Duration.ofMillis(1));
            assertThat(stream.suspension.isDeferring()).isFalse();
            pauses.add(Duration.between(before, next).toMinutes());
            int requests = stream.requests;

            assertDefers(records(3, "window"));

            assertThat(stream.requests).isEqualTo(requests + 1);
            assertThat(stream.suspension.isDeferring()).isTrue();
            assertThat(last().probes()).isEqualTo(i + 1);
        }

        assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
        assertThat(stream.deadlines).hasSize(7).containsOnly(Suspension.PROBE);
    }

    @Test
    void acknowledgedProbeEndsTheSuspension() throws Exception {
        suspendUntilAcceptedProbe();

        delivery.deliver(records(3, "window"));
        delivery.deliver(records(2, "window"));

        assertThat(stream.stored).hasSize(5);
        assertThat(last()).isNull();
        assertThat(stream.suspension.suspended()).isEmpty();
        assertThat(stream.deadlines).as("only the probe has a deadline").hasSize(2);
    }

    @Test
    void probeDoublesWithEachAcceptedPart() throws Exception {
        suspendUntilAcceptedProbe();

        delivery.deliver(records(9, "window"));

        assertThat(stream.log)
                .filteredOn(line -> line.startsWith("sending"))
                .containsExactly("sending 1", "sending 2", "sending 4", "sending 2");
        assertThat(stream.stored).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8");
        assertThat(last()).isNull();
    }

    @Test
    void lateAnswersDuplicateAtMostWhatWasAccepted() {
        suspendUntilAcceptedProbe();
        stream.late = 8;
        List<PendingRecord> records = records(100, "window");

        assertDefers(records);

        assertThat(stream.log).endsWith("sending 8", "unknown");
        assertThat(stream.stored).hasSize(7);
        assertThat(records)
                .filteredOn(record -> record.event().getOutcome() == Outcome.DELIVERED)
                .hasSize(7);
    }

    @Test
    void probeOfOneRecordIsOneRequest() throws Exception {
        suspendUntilAcceptedProbe();

        delivery.deliver(records(1, "window"));

        assertThat(stream.log).containsExactly("sending 1", "delivered 1", "acknowledged 1");
        assertThat(last()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 408, 500})
    void unansweredProbeLeavesOnePossibleDuplicate(int status) {
        suspend();
        stream.always = refused(status, "X");
        stream.log.clear();
        stream.clock().advance(Duration.ofMinutes(1));

        assertDefers(records(30, "window"));

        assertThat(stream.log).containsExactly("sending 1", "unknown");
    }

    /** Otherwise a table that refuses every record would alternate between accepting and refusing. */
    @ParameterizedTest
    @CsvSource({"400, 1", "400, 3", "413, 1", "413, 3"})
    void acceptedEmptyArrayNeitherEndsSuspensionNorRejectsRecords(int status, int records) {
        stream.anotherWorks = true;
        suspend();
        stream.always = refused(status, "X");
        stream.clock().advance(Duration.ofMinutes(1));

        assertDefers(records(records, "window"));

        assertThat(stream.rejected).isEmpty();
        assertThat(stream.suspension.isDeferring()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "7"})
    void badRecordInAProbeIsRejectedAndTheOthersEndTheSuspension(String bad) throws Exception {
        suspendUntilAcceptedProbe();
        stream.bad.add(bad);

        delivery.deliver(records(8, "window"));

        assertThat(stream.stored).hasSize(7);
        assertThat(stream.rejectedIds()).containsExactly(bad);
        assertThat(last()).isNull();
    }

    /** Otherwise the table would be suspended again and again and hold up the others for two minutes each time. */
    @Test
    void probeWithTooManyRefusalsDoesNotEndTheSuspension() {
        suspendUntilAcceptedProbe();
        for (int i = 100; i < 125; i++) {
            stream.bad.add(String.valueOf(i));
        }
        List<PendingRecord> records = records(200, "window");
        Instant before = stream.clock().now();

        assertDefers(records);

        assertThat(stream.clock().now()).as("at once").isEqualTo(before);
        assertThat(stream.rejected).isEmpty();
        assertThat(stream.suspension.isDeferring()).isTrue();
        assertThat(last().probes()).isOne();
        assertThat(records)
                .filteredOn(record -> record.event().getOutcome() == Outcome.DELIVERED)
                .hasSize(stream.stored.size())
                .hasSizeGreaterThan(99);
    }

    /** Otherwise a hanging request would hold up the window for its full timeout. */
    @Test
    void acknowledgedProbeHasTwentySecondsForEachRequest() throws Exception {
        suspendUntilAcceptedProbe();
        stream.bad.add("7");
        stream.beforeRequest = () -> stream.clock().advance(Duration.ofSeconds(15));
        int before = stream.requests;

        delivery.deliver(records(8, "window"));

        assertThat(stream.deadlines).hasSize(stream.requests - before).containsOnly(Suspension.PROBE);
    }

    @Test
    void unacknowledgedProbeHasTwentySecondsInTotal() throws Exception {
        suspendUntilAcceptedProbe();
        stream.bad.add("0");
        stream.beforeRequest = () -> stream.clock().advance(Duration.ofSeconds(15));

        delivery.deliver(records(4, "window"));

        // the first record, all, two, the first again, an empty array, the second (accepted), then the others
        assertThat(stream.deadlines.stream().limit(7).map(Duration::toSeconds))
                .containsExactly(20L, 5L, 1L, 1L, 1L, 1L, 20L);
    }

    @Test
    void loadingItsOwnSuspensionDoesNotMoveTheProbe() {
        stream.clock().advance(Duration.ofNanos(123_456));
        suspend();
        Suspended kept = last();
        stream.clock().set(kept.since().minus(Duration.ofDays(1)));

        stream.suspension.load(new Suspended(
                Instant.ofEpochMilli(kept.since().toEpochMilli()),
                Instant.ofEpochMilli(kept.nextProbe().toEpochMilli()),
                kept.probes(),
                kept.reason()));

        stream.clock().advance(Duration.ofMinutes(1));
        assertThat(stream.suspension.isDeferring()).isFalse();
    }

    @Test
    void anotherProcessContinuesAStoredSuspension() {
        suspend();
        stream.clock().advance(Duration.ofSeconds(20));
        Suspension after = stream.suspension();

        after.load(last());

        assertThat(after.isDeferring()).isTrue();
        assertThat(after.length()).isEqualTo(Duration.ofSeconds(20));
        stream.clock().advance(Duration.ofSeconds(40));
        assertThat(after.isDeferring()).isFalse();
        assertThat(after.suspended()).contains(last());
    }

    @Test
    void clockSetBackDelaysAProbeByAtMostHalfAnHour() {
        suspend();
        Suspended kept = last();
        stream.clock().set(kept.since().minus(Duration.ofDays(1)));
        assertThat(stream.suspension.length()).isZero();
        stream.clock().advance(Duration.ofMinutes(1));
        assertThat(stream.suspension.isDeferring()).as("by the steady clock").isFalse();

        Suspension after = stream.suspension();
        after.load(kept);

        stream.clock().advance(Duration.ofMinutes(30));
        assertThat(after.isDeferring()).isFalse();
    }

    @Test
    void suspensionEndedByAnotherProcessIsOver() {
        suspend();

        stream.suspension.load(null);

        assertThat(stream.suspension.suspended()).isEmpty();
        assertThat(stream.suspension.isDeferring()).isFalse();
    }

    /** Otherwise a flapping table would hold up the others for two minutes each time. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void relapseWithinHalfAnHourSuspendsAfterTwentySeconds(boolean isEndedByAnother) throws Exception {
        BatchSplitter frequent =
                stream.delivery(new RetrySettings(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ZERO));
        suspend();
        if (isEndedByAnother) {
            stream.suspension.load(null);
        } else {
            stream.always = null;
            stream.clock().advance(Duration.ofMinutes(1));
            frequent.deliver(records(3, "window"));
        }
        stream.clock().advance(Duration.ofMinutes(29));
        Instant before = stream.clock().now();
        stream.always = refused(500, "X");

        assertDefers(frequent, records(3, "window"));

        assertThat(Duration.between(before, stream.clock().now()))
                .isBetween(Duration.ofSeconds(20), Duration.ofSeconds(25));
        assertThat(last().nextProbe()).isEqualTo(last().since().plusSeconds(60));
    }

    @Test
    void halfAnHourAfterASuspensionTwoMinutesApplyAgain() throws Exception {
        suspendUntilAcceptedProbe();
        delivery.deliver(records(3, "window"));
        stream.clock().advance(Duration.ofMinutes(30));
        Instant before = stream.clock().now();
        stream.always = refused(500, "X");

        assertDefers(records(3, "window"));

        assertThat(Duration.between(before, stream.clock().now())).isGreaterThanOrEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void shortFailureAfterASuspensionDoesNotSuspend() throws Exception {
        suspendUntilAcceptedProbe();
        delivery.deliver(records(3, "window"));
        stream.next.addAll(List.of(refused(503, "Busy"), refused(503, "Busy")));

        delivery.deliver(records(3, "window"));

        assertThat(stream.suspension.suspended()).isEmpty();
        assertThat(stream.stored).hasSize(6);
    }

    @Test
    void tableIsNotSuspendedIfTheStoreFails() {
        stream.always = refused(500, "X");
        stream.anotherWorks = true;
        stream.notKept = new IllegalStateException("disk full");

        assertThatThrownBy(() -> delivery.deliver(records(1, "window"))).hasMessage("disk full");

        assertThat(stream.suspension.suspended()).isEmpty();
    }

    /** Otherwise a failure an hour later would suspend the table, which would not count as working until then. */
    @Test
    void rejectedRecordLeavesNoFailureOfItsTable() throws Exception {
        stream.anotherWorks = true;
        stream.bad.add("2");
        delivery.deliver(records(3, "window"));
        assertThat(stream.rejectedIds()).containsExactly("2");
        assertThat(stream.suspension.isFailing()).isFalse();

        stream.bad.clear();
        stream.clock().advance(Duration.ofHours(1));
        stream.next.add(refused(503, "Busy"));
        delivery.deliver(records(3, "window"));

        assertThat(stream.kept).isEmpty();
    }

    @Test
    void suspensionEndedByAnotherProcessLeavesNoFailure() throws Exception {
        suspend();
        stream.suspension.load(null);
        assertThat(stream.suspension.isFailing()).isFalse();

        stream.always = null;
        stream.kept.clear();
        stream.clock().advance(Duration.ofHours(1));
        stream.next.add(refused(503, "Busy"));
        delivery.deliver(records(3, "window"));

        assertThat(stream.kept).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 429, 0})
    void commonFailureOfAnEmptyArrayNeverSuspends(int status) {
        stream.anotherWorks = true;
        stream.bad.add("0");
        UploadException ofAll = status == 0 ? unconnected() : refused(status, "X");
        stream.beforeRequest = () -> {
            if (stream.requests > 1) {
                stream.next.add(ofAll);
            }
        };
        BatchSplitter impatient = stream.delivery(retry(Duration.ofMinutes(20).toMillis()));

        assertGivesUp(impatient, records(1, "window"));
    }

    private void suspend() {
        stream.always = refused(500, "X");
        stream.anotherWorks = true;
        assertDefers(records(3, "window"));
    }

    /** Its next batch is a probe, and the stream accepts it. */
    private void suspendUntilAcceptedProbe() {
        suspend();
        stream.always = null;
        stream.log.clear();
        stream.clock().advance(Duration.ofMinutes(1));
    }

    private void assertDefers(List<PendingRecord> records) {
        assertDefers(delivery, records);
    }

    private static void assertDefers(BatchSplitter delivery, List<PendingRecord> records) {
        assertThatThrownBy(() -> delivery.deliver(records)).isInstanceOf(TableSuspendedException.class);
    }

    /** Without suspending the table. */
    private void assertGivesUp(BatchSplitter delivery, List<PendingRecord> records) {
        assertThatThrownBy(() -> delivery.deliver(records)).isInstanceOf(UploadException.class);
        assertThat(stream.kept).isEmpty();
    }

    private Suspended last() {
        return stream.kept.get(stream.kept.size() - 1);
    }

    private Duration passed() {
        return Duration.between(ScriptedStream.START, stream.clock().now());
    }

    private static UploadException unconnected() {
        return UploadException.neverSent("cannot connect");
    }
}
