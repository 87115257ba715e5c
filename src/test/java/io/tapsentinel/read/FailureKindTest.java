package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.tap.answer.ForeignAnswerException;
import io.tapsentinel.tap.answer.TapAnswerException;
import io.tapsentinel.tap.answer.TapFormatException;
import io.tapsentinel.tap.api.TapRefusedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.stream.Stream;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

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
    void refusalIsClassifiedByStatusAndText(int status, String text, FailureKind trouble) {
        assertThat(FailureKind.of(new TapRefusedException(status, text), false, false))
                .isEqualTo(trouble);
    }

    static Stream<Arguments> failures() {
        SocketTimeoutException timeOut = new SocketTimeoutException("Read timed out");
        return Stream.of(
                arguments(timeOut, false, false, FailureKind.TIMED_OUT),
                arguments(new RuntimeException(timeOut), false, false, FailureKind.TIMED_OUT),
                // of a connection
                arguments(new ConnectTimeoutException("Connect timed out"), false, false, FailureKind.TRANSIENT),
                arguments(new ConnectException("Connection refused"), false, false, FailureKind.TRANSIENT),
                arguments(new NoHttpResponseException("failed to respond"), false, false, FailureKind.TRANSIENT),
                arguments(new IOException("cut"), false, false, FailureKind.TRANSIENT),
                arguments(new IllegalStateException("before the request"), false, false, FailureKind.NOT_TAP),
                arguments(failed(new TapAnswerException("cut")), true, false, FailureKind.TRANSIENT),
                // a complete answer would be the same again
                arguments(failed(new TapAnswerException("cut")), true, true, FailureKind.UNREADABLE),
                // a page of a proxy says nothing about TAP's answer
                arguments(failed(new ForeignAnswerException("a page")), true, true, FailureKind.TRANSIENT),
                arguments(failed(new TapFormatException("format")), true, true, FailureKind.FORMAT),
                // failures that another answer would not solve
                arguments(failed(new UploadException(503, "refused")), true, false, FailureKind.NOT_TAP),
                arguments(failed(new SocketTimeoutException("slow sink")), true, false, FailureKind.NOT_TAP),
                arguments(new StoreException("read-only"), false, false, FailureKind.NOT_TAP),
                arguments(new BudgetUsedUpException("used up"), false, false, FailureKind.BUDGET));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void failureIsClassifiedByCauseAndByHowMuchOfTheAnswerArrived(
            Throwable failure, boolean answered, boolean whole, FailureKind kind) {
        assertThat(FailureKind.of(failure, answered, whole)).isEqualTo(kind);
    }

    private static WindowFailedException failed(Exception cause) {
        return new WindowFailedException(cause.getMessage(), cause);
    }
}
