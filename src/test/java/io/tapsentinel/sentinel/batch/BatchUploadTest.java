package io.tapsentinel.sentinel.batch;

import static io.tapsentinel.sentinel.batch.ScriptedStream.records;
import static io.tapsentinel.sentinel.batch.ScriptedStream.refused;
import static io.tapsentinel.sentinel.batch.ScriptedStream.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.UploadException.Answer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The retry layer: what is sent again, after how long, and what stands in the store while it waits. */
class BatchUploadTest {

    private final ScriptedStream stream = new ScriptedStream();

    @ParameterizedTest
    @ValueSource(ints = {0, 408, 500, 502, 503, 504, 200})
    void anAnswerThatDoesNotSayThatNothingWasStoredMakesPossibleDuplicatesOfThem(int status) throws Exception {
        stream.next.add(refused(status, "X"));

        stream.delivery(retry(0)).deliver(records(3, "window"));

        assertThat(stream.log).containsExactly("sending 3", "unknown", "sending 3", "delivered 3", "acknowledged 3");
        assertThat(stream.stored).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 401, 403, 404, 302})
    void aClearRefusalTakesThemBack(int status) throws Exception {
        stream.next.add(refused(status, "X"));

        stream.delivery(retry(0)).deliver(records(3, "window"));

        assertThat(stream.log).containsExactly("sending 3", "not taken", "sending 3", "delivered 3", "acknowledged 3");
    }

    @Test
    void pausesDoubleUpToTheLongestWithJitterAndBeginAnewAfterAnAcknowledgement() throws Exception {
        stream.next.addAll(Collections.nCopies(9, refused(503, "Busy")));
        Delivery delivery = stream.delivery(retry(0));

        delivery.deliver(records(1, "window"));
        stream.next.add(refused(503, "Busy"));
        delivery.deliver(records(1, "window"));

        List<Double> seconds =
                stream.pauses.stream().map(pause -> pause.toMillis() / 1000.0).toList();
        double[] base = {1, 2, 4, 8, 16, 32, 60, 60, 60, 1};
        assertThat(seconds).hasSize(base.length);
        for (int i = 0; i < base.length; i++) {
            assertThat(seconds.get(i)).isBetween(base[i] * 0.8, base[i] * 1.2);
        }
        assertThat(seconds.get(6)).as("jitter").isNotEqualTo(seconds.get(7));
        assertThat(stream.needsPerson).containsOnly(false);
    }

    @Test
    void aRetryAfterIsHonoured() throws Exception {
        stream.next.add(
                new UploadException(429, "slow down", new Answer("Throttled", null, null, Duration.ofSeconds(90))));

        stream.delivery(retry(0)).deliver(records(1, "window"));

        assertThat(stream.pauses)
                .singleElement()
                .satisfies(pause -> assertThat(pause.toSeconds()).isBetween(90L, 108L));
    }

    @Test
    void aRetryAfterOfNothingIsNoReasonForHaste() throws Exception {
        stream.next.add(new UploadException(503, "busy", new Answer("Busy", null, null, Duration.ZERO)));

        stream.delivery(retry(0)).deliver(records(1, "window"));

        assertThat(stream.pauses)
                .singleElement()
                .satisfies(pause -> assertThat(pause.toMillis()).isBetween(800L, 1_200L));
    }

    @Test
    void aSpentTokenIsRenewedOnceAndTheBatchSentAgainAtOnce() throws Exception {
        stream.next.add(refused(401, "InvalidToken"));

        stream.delivery(retry(0)).deliver(records(2, "window"));

        assertThat(stream.renewed).isEqualTo(1);
        assertThat(stream.pauses).isEmpty();
        assertThat(stream.requests).isEqualTo(2);
    }

    @Test
    void aSecondRefusedTokenIsAMatterForAPerson() throws Exception {
        stream.next.addAll(Collections.nCopies(3, refused(401, "InvalidToken")));

        stream.delivery(retry(0)).deliver(records(2, "window"));

        assertThat(stream.pauses).hasSize(2).allMatch(pause -> pause.toSeconds() >= 48);
        assertThat(stream.needsPerson).containsExactly(true, true);
    }

    @Test
    void aMissingRoleIsTriedSlowlyUntilItIsThere() throws Exception {
        stream.next.addAll(Collections.nCopies(30, refused(403, "OperationFailed")));

        stream.delivery(retry(0)).deliver(records(2, "window"));

        assertThat(stream.pauses).hasSize(30).allMatch(pause -> pause.toSeconds() >= 48 && pause.toSeconds() <= 72);
        assertThat(stream.needsPerson).containsOnly(true);
        assertThat(stream.stored).hasSize(2);
    }

    @Test
    void deliveryTimeoutMsEndsTheTrying() {
        stream.next.addAll(Collections.nCopies(30, refused(503, "Busy")));

        assertThatThrownBy(() -> stream.delivery(retry(10_000)).deliver(records(2, "window")))
                .hasMessageContaining("given up after deliveryTimeoutMs (10000)")
                .hasMessageContaining("503 Busy");

        assertThat(stream.requests).isEqualTo(4);
    }
}
