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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Retries: what is sent again, after how long, and what the store has meanwhile. */
class RetryingUploaderTest {

    private final ScriptedStream stream = new ScriptedStream();

    @ParameterizedTest
    @ValueSource(ints = {0, 408, 500, 502, 503, 504, 200})
    void unclearAnswerMakesPossibleDuplicates(int status) throws Exception {
        stream.next.add(refused(status, "X"));

        stream.delivery(retry(0)).deliver(records(3, "window"));

        assertThat(stream.log).containsExactly("sending 3", "unknown", "sending 3", "delivered 3", "acknowledged 3");
        assertThat(stream.stored).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 401, 403, 404, 302})
    void clearRefusalMakesNoPossibleDuplicates(int status) throws Exception {
        stream.next.add(refused(status, "X"));

        stream.delivery(retry(0)).deliver(records(3, "window"));

        assertThat(stream.log).containsExactly("sending 3", "not taken", "sending 3", "delivered 3", "acknowledged 3");
    }

    @Test
    void pausesGrowAndResetAfterAnAcknowledgement() throws Exception {
        stream.next.addAll(Collections.nCopies(3, refused(503, "Busy")));
        BatchSplitter delivery = stream.delivery(retry(0));

        delivery.deliver(records(1, "window"));
        stream.next.add(refused(503, "Busy"));
        delivery.deliver(records(1, "window"));

        assertThat(stream.pauses.stream().map(Duration::toMillis))
                .satisfiesExactly(
                        pause -> assertThat(pause).isBetween(800L, 1_200L),
                        pause -> assertThat(pause).isBetween(1_600L, 2_400L),
                        pause -> assertThat(pause).isBetween(3_200L, 4_800L),
                        pause -> assertThat(pause).isBetween(800L, 1_200L));
        assertThat(stream.needsPerson).containsOnly(false);
    }

    @Test
    void retryAfterIsRespected() throws Exception {
        stream.next.add(
                new UploadException(429, "slow down", new Answer("Throttled", null, null, Duration.ofSeconds(90))));

        stream.delivery(retry(0)).deliver(records(1, "window"));

        assertThat(stream.pauses)
                .singleElement()
                .satisfies(pause -> assertThat(pause.toSeconds()).isBetween(90L, 108L));
    }

    @Test
    void expiredTokenIsRenewedAndTheBatchRetriedAtOnce() throws Exception {
        stream.next.add(refused(401, "InvalidToken"));

        stream.delivery(retry(0)).deliver(records(2, "window"));

        assertThat(stream.renewed).isEqualTo(1);
        assertThat(stream.pauses).isEmpty();
        assertThat(stream.requests).isEqualTo(2);
    }

    @Test
    void secondRefusedTokenNeedsAction() throws Exception {
        stream.next.addAll(Collections.nCopies(3, refused(401, "InvalidToken")));

        stream.delivery(retry(0)).deliver(records(2, "window"));

        assertThat(stream.pauses).hasSize(2).allMatch(pause -> pause.toSeconds() >= 48);
        assertThat(stream.needsPerson).containsExactly(true, true);
    }

    @Test
    void missingRoleIsRetriedSlowly() throws Exception {
        stream.next.addAll(Collections.nCopies(30, refused(403, "OperationFailed")));

        stream.delivery(retry(0)).deliver(records(2, "window"));

        assertThat(stream.pauses).hasSize(30).allMatch(pause -> pause.toSeconds() >= 48 && pause.toSeconds() <= 72);
        assertThat(stream.needsPerson).containsOnly(true);
        assertThat(stream.stored).hasSize(2);
    }

    @Test
    void deliveryTimeoutEndsRetries() {
        stream.next.addAll(Collections.nCopies(30, refused(503, "Busy")));

        assertThatThrownBy(() -> stream.delivery(retry(10_000)).deliver(records(2, "window")))
                .hasMessageContaining("gave up after 10 s (deliveryTimeoutMs)")
                .hasMessageContaining("503 Busy");

        assertThat(stream.requests).isEqualTo(4);
    }
}
