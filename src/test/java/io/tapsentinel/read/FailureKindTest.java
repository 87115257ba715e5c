package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.tap.answer.ForeignAnswerException;
import io.tapsentinel.tap.answer.TapAnswerException;
import io.tapsentinel.tap.answer.TapFormatException;
import io.tapsentinel.tap.api.TapRefusedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureKindTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "400|The requested start time is too far into the past. Requests for information up to 7.00d are accepted|TOO_OLD",
                "400|The requested interval is still current|STILL_CURRENT",
                "400|The requested interval is too short. Requests must be for at least 30.00s of data|REFUSED",
                "400|The interval parameter is badly formed|REFUSED",
                "400|-|REFUSED",
                "401|-|REST",
                "403|-|REST",
                "429|-|REST",
                "404|-|REFUSED",
                "408|-|TRANSIENT",
                "302|-|TRANSIENT",
                "500|-|TRANSIENT",
                "502|<html>still current</html>|TRANSIENT",
                "503|-|TRANSIENT",
                "504|-|TIMED_OUT"
            })
    void aRefusalIsToldByStatusAndText(int status, String text, FailureKind trouble) {
        assertThat(FailureKind.of(new TapRefusedException(status, text), false, false))
                .isEqualTo(trouble);
    }

    @Test
    void aTimeOutOfAnAnswerIsOneAndOneOfAConnectionIsNot() {
        assertThat(FailureKind.of(new SocketTimeoutException("Read timed out"), false, false))
                .isEqualTo(FailureKind.TIMED_OUT);
        assertThat(FailureKind.of(new RuntimeException(new SocketTimeoutException("Read timed out")), false, false))
                .isEqualTo(FailureKind.TIMED_OUT);
        assertThat(FailureKind.of(new ConnectTimeoutException("Connect timed out"), false, false))
                .isEqualTo(FailureKind.TRANSIENT);
    }

    @Test
    void theNetworkAndABrokenAnswerAreTransient() {
        assertThat(FailureKind.of(new ConnectException("Connection refused"), false, false))
                .isEqualTo(FailureKind.TRANSIENT);
        assertThat(FailureKind.of(new NoHttpResponseException("failed to respond"), false, false))
                .isEqualTo(FailureKind.TRANSIENT);
        assertThat(FailureKind.of(new IOException("cut"), false, false)).isEqualTo(FailureKind.TRANSIENT);
        assertThat(FailureKind.of(new IllegalStateException("a step before the request"), false, false))
                .isEqualTo(FailureKind.NOT_TAP);
        assertThat(FailureKind.of(new WindowFailedException("cut", new TapAnswerException("cut")), true, false))
                .isEqualTo(FailureKind.TRANSIENT);
        assertThat(FailureKind.of(new WindowFailedException("cut", new TapAnswerException("cut")), true, true))
                .as("one that is known to be whole would come again as it is")
                .isEqualTo(FailureKind.UNREADABLE);
        assertThat(FailureKind.of(new WindowFailedException("page", new ForeignAnswerException("a page")), true, true))
                .as("a page of a proxy says nothing of TAP's answer")
                .isEqualTo(FailureKind.TRANSIENT);
        assertThat(FailureKind.of(new WindowFailedException("format", new TapFormatException("format")), true, true))
                .isEqualTo(FailureKind.FORMAT);
    }

    @Test
    void whatAnotherAnswerWouldNotHelpIsNotTaps() {
        assertThat(FailureKind.of(
                        new WindowFailedException("refused", new UploadException(503, "refused")), true, false))
                .isEqualTo(FailureKind.NOT_TAP);
        assertThat(FailureKind.of(
                        new WindowFailedException("slow sink", new SocketTimeoutException("slow sink")), true, false))
                .isEqualTo(FailureKind.NOT_TAP);
        assertThat(FailureKind.of(new StoreException("read-only"), false, false))
                .isEqualTo(FailureKind.NOT_TAP);
        assertThat(FailureKind.of(new BudgetUsedUpException("used up"), false, false))
                .isEqualTo(FailureKind.BUDGET);
    }
}
