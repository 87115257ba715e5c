package io.tapsentinel.sentinel.batch;

import static io.tapsentinel.sentinel.batch.ScriptedStream.records;
import static io.tapsentinel.sentinel.batch.ScriptedStream.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.event.Outcome;
import io.tapsentinel.sentinel.batch.RejectedRecord.Reason;
import io.tapsentinel.sentinel.upload.UploadException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which records of a refused batch are rejected: halving, proof, and what is never rejected. */
class BatchSplitterTest {

    private final ScriptedStream stream = new ScriptedStream();
    private final BatchSplitter delivery = stream.delivery(retry(0));

    @Test
    void onlyBadRecordsAreRejectedAndAllOthersDeliveredOnce() throws Exception {
        stream.bad.addAll(Set.of("17", "1000", "4999"));
        List<PendingRecord> records = records(5_000, "window");

        delivery.deliver(records);

        assertThat(stream.stored).hasSize(4_997).doesNotHaveDuplicates().doesNotContain("17", "1000", "4999");
        assertThat(stream.rejectedIds()).containsExactlyInAnyOrder("17", "1000", "4999");
        assertThat(records.stream().filter(record -> record.event().getOutcome() == Outcome.REJECTED))
                .hasSize(3);
        assertThat(records).allMatch(record -> record.event().getOutcome().isSettled());
        assertThat(stream.requests)
                .as("requests to find three records among 5,000")
                .isLessThan(110);
    }

    @Test
    void rejectedRecordHasTheRefusalAndAllFields() throws Exception {
        stream.bad.add("0");
        List<PendingRecord> records = records(1, "window");

        delivery.deliver(records);

        RejectedRecord rejected = stream.rejected.get(0);
        assertThat(rejected.reason()).isEqualTo(Reason.REFUSED);
        assertThat(rejected.refusal().status()).isEqualTo(400);
        assertThat(rejected.refusal().answer().code()).isEqualTo("InvalidRecord");
        assertThat(rejected.refusal().answer().requestId()).isEqualTo("request");
        assertThat(rejected.subject().key()).isEqualTo(records.get(0).event().getKey());
        assertThat(rejected.fields()).isEqualTo(records.get(0).event().getFields());
        assertThat(rejected.toString()).doesNotContain("guid");
    }

    @Test
    void tooLargeBatchIsHalvedWithoutRejections() throws Exception {
        stream.largest = 700;

        delivery.deliver(records(5_000, "window"));

        assertThat(stream.stored).hasSize(5_000).doesNotHaveDuplicates();
        assertThat(stream.rejected).isEmpty();
    }

    @Test
    void nothingIsRejectedWhileTheStreamRefusesEverything() throws Exception {
        stream.refusesEverything = true;
        stream.beforeRequest = () -> stream.refusesEverything = stream.pauses.size() < 50;

        delivery.deliver(records(1_000, "window"));

        assertThat(stream.rejected).isEmpty();
        assertThat(stream.stored).hasSize(1_000).doesNotHaveDuplicates();
        assertThat(stream.needsPerson).hasSize(50).containsOnly(true);
        assertThat(stream.pauses).allMatch(pause -> pause.toSeconds() >= 48 && pause.toSeconds() <= 72);
    }

    /** The stream recovers at any moment of the halving and the proof. */
    @RepeatedTest(60)
    void nothingIsRejectedWheneverTheStreamRecovers(RepetitionInfo repetition) throws Exception {
        AtomicInteger request = new AtomicInteger();
        stream.beforeRequest =
                () -> stream.refusesEverything = request.incrementAndGet() <= repetition.getCurrentRepetition();

        // a small batch, below the limit of twenty equal refusals, and a large one
        int size = repetition.getCurrentRepetition() % 2 == 0 ? 12 : 300;
        delivery.deliver(records(size, "window"));

        assertThat(stream.rejected).isEmpty();
        assertThat(stream.stored).hasSize(size).doesNotHaveDuplicates();
    }

    /** The stream recovers just long enough to make a record look bad, at any moment and for any length of time. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void nothingIsRejectedWhenTheStreamFailsTwice(int pause) throws Exception {
        for (int first = 1; first <= 16; first++) {
            ScriptedStream twice = new ScriptedStream();
            AtomicInteger request = new AtomicInteger();
            int end = first;
            twice.beforeRequest = () -> {
                int now = request.incrementAndGet();
                twice.refusesEverything = now <= end || now > end + pause && now <= end + pause + 6;
            };

            twice.delivery(retry(0)).deliver(records(12, "window"));

            assertThat(twice.rejected)
                    .as("refused until request %d, then for six requests after %d", first, pause)
                    .isEmpty();
            assertThat(twice.stored).hasSize(12).doesNotHaveDuplicates();
        }
    }

    /** The stream starts to fail at any moment, also between the requests that prove a record bad. */
    @RepeatedTest(60)
    void onlyTheBadRecordIsRejectedWhenTheStreamStartsToFail(RepetitionInfo repetition) throws Exception {
        stream.bad.add("5");
        AtomicInteger request = new AtomicInteger();
        int from = repetition.getCurrentRepetition();
        stream.beforeRequest = () -> {
            int now = request.incrementAndGet();
            stream.refusesEverything = now >= from && now < from + 6;
        };

        delivery.deliver(records(40, "window"));

        assertThat(stream.rejectedIds()).containsExactly("5");
        assertThat(stream.stored).hasSize(39).doesNotHaveDuplicates();
    }

    @Test
    void twentyEqualRefusalsInOneWindowRejectNothing() throws Exception {
        IntStream.range(0, 20).forEach(i -> stream.bad.add(String.valueOf(i * 7)));
        stream.beforeRequest = () -> {
            if (stream.pauses.size() == 3) {
                stream.bad.clear();
            }
        };

        delivery.deliver(records(200, "window"));

        assertThat(stream.rejected).isEmpty();
        assertThat(stream.stored).hasSize(200).doesNotHaveDuplicates();
        assertThat(stream.needsPerson).hasSize(3).containsOnly(true);
    }

    @Test
    void nineteenEqualRefusalsAreRejectedAndTheTwentiethIsNot() throws Exception {
        IntStream.range(0, 19).forEach(i -> stream.bad.add(String.valueOf(i)));
        delivery.deliver(records(30, "window"));
        assertThat(stream.rejected).hasSize(19);
        stream.beforeRequest = () -> {
            if (!stream.pauses.isEmpty()) {
                stream.bad.clear();
            }
        };

        delivery.deliver(records(1, "window"));

        assertThat(stream.rejected).hasSize(19);
        assertThat(stream.pauses).hasSize(1);
    }

    @Test
    void equalRefusalsAreCountedForEachWindow() throws Exception {
        IntStream.range(0, 19).forEach(i -> stream.bad.add(String.valueOf(i)));
        delivery.deliver(records(30, new Object()));

        delivery.deliver(records(30, new Object()));

        assertThat(stream.rejected).hasSize(38);
        assertThat(stream.pauses).isEmpty();
    }

    @Test
    void batchFailsIfARejectedRecordCannotBeStored() {
        stream.bad.add("5");
        stream.rejectedEndpoint = new IllegalStateException("no space");
        List<PendingRecord> records = records(10, "window");

        assertThatThrownBy(() -> delivery.deliver(records)).hasMessage("no space");

        assertThat(records.get(5).event().getOutcome()).isEqualTo(Outcome.SENDING);
        assertThat(records.stream().filter(record -> record.event().getOutcome() == Outcome.DELIVERED))
                .hasSize(9);
        assertThat(stream.log).doesNotContain("rejected 5");
    }

    @Test
    void deliveryTimeoutGivesUpTheBatchWithoutRejections() {
        stream.refusesEverything = true;
        List<PendingRecord> records = records(10, "window");

        assertThatThrownBy(() -> stream.delivery(retry(300_000)).deliver(records))
                .isInstanceOf(UploadException.class)
                .hasMessageContaining("gave up after 5 min (deliveryTimeoutMs)")
                .hasMessageContaining("InvalidRecord");

        assertThat(stream.rejected).isEmpty();
        assertThat(records).noneMatch(record -> record.event().getOutcome().isSettled());
        assertThat(stream.pauses).hasSizeBetween(3, 6);
    }
}
