package io.tapsentinel.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.state.StoreException;
import io.tapsentinel.tap.TapAnswerException;
import io.tapsentinel.tap.TapRefusedException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.TypeConversionException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class FailuresTest {

    private static final String CONTENT = "Your invoice is overdue";

    @Test
    void aForeignExceptionIsNamedAndNotQuoted() {
        assertThat(Failures.describe(Foreign.numberFormat(CONTENT)))
                .isEqualTo("java.lang.NumberFormatException at java.lang.NumberFormatException.forInputString");
        assertThat(Failures.describe(Foreign.conversion(CONTENT))).doesNotContain(CONTENT);
        assertThat(Failures.describe(Foreign.execution(null)))
                .isEqualTo(
                        "org.apache.camel.CamelExecutionException at java.lang.NumberFormatException.forInputString");
    }

    @Test
    void aParsersExceptionIsNotQuotedAlthoughItIsAnIOException() {
        for (Exception parsing : List.of(Foreign.parsing("Overdue"), Foreign.parsing("{\"subject\":\"Overdue\"}"))) {
            assertThat(parsing).isInstanceOf(IOException.class).hasMessageContaining("Overdue");
            assertThat(Failures.describe(parsing)).doesNotContain("Overdue");
        }
    }

    @Test
    void neitherIsOneInsideOurs() {
        assertThat(Failures.describe(new WindowFailedException("the window failed", Foreign.numberFormat(CONTENT))))
                .isEqualTo("the window failed");
    }

    @Test
    void ourExceptionsAreQuoted() {
        for (Exception ours : List.of(
                new UploadException(503, "upload refused"),
                new StoreException("the store refused"),
                new TapAnswerException("cut at byte 7"),
                new WindowFailedException("1 of clicks were read, 0 ended"),
                new TapRefusedException(400, "too short"),
                new ConnectException("Connection refused"))) {
            assertThat(Failures.describe(ours)).isEqualTo(ours.getMessage());
        }
        assertThat(Failures.describe(new IllegalStateException("thrown by our code")))
                .isEqualTo("thrown by our code");
    }

    @Test
    void oneOfOursInsideAForeignOneIsFound() {
        Exception wrapped = Foreign.execution(new UploadException(503, "upload refused"));

        assertThat(Failures.describe(wrapped)).isEqualTo("upload refused");
    }

    @Test
    void onlyOursSayWhatFailed() {
        assertThat(Failures.isForeign(Foreign.execution(new UploadException(503, "upload refused"))))
                .isFalse();
        assertThat(Failures.isForeign(new ConnectException("Connection refused")))
                .isTrue();
        assertThat(Failures.isForeign(Foreign.numberFormat(CONTENT))).isTrue();
    }

    @Test
    void anExceptionWithoutAMessageOrStackTraceIsNamed() {
        assertThat(Failures.describe(new ConnectException())).isEqualTo("ConnectException");
        Exception bare = new IllegalArgumentException(CONTENT);
        bare.setStackTrace(new StackTraceElement[0]);
        assertThat(Failures.describe(bare)).isEqualTo("java.lang.IllegalArgumentException");
    }

    @Test
    void aRefusalIsFoundInBothForms() {
        assertThat(Failures.refusal(new TapRefusedException(401, "no")).status())
                .isEqualTo(401);
        assertThat(Failures.refusal(
                        new HttpOperationFailedException("http://tap", 429, "Too many", null, Map.of(), "slow down")))
                .hasMessage("TAP answered 429: slow down")
                .matches(refused -> refused.status() == 429);
        assertThat(Failures.refusal(new WindowFailedException("stopped"))).isNull();
    }

    /** Makes exceptions whose stack trace begins in code that is not ours. */
    private static final class Foreign {

        static Exception numberFormat(String content) {
            try {
                Integer.parseInt(content);
                throw new AssertionError("not a number: " + content);
            } catch (NumberFormatException e) {
                return e;
            }
        }

        static Exception conversion(String content) {
            try (CamelContext context = new DefaultCamelContext()) {
                context.start();
                context.getTypeConverter().mandatoryConvertTo(Integer.class, content);
                throw new AssertionError("not a number: " + content);
            } catch (TypeConversionException e) {
                return e;
            } catch (Exception e) {
                throw new AssertionError("an unexpected one", e);
            }
        }

        static Exception parsing(String json) {
            try {
                new ObjectMapper().readerForMapOf(Integer.class).readValue(json);
                throw new AssertionError("not a map of numbers: " + json);
            } catch (JsonProcessingException e) {
                return e;
            }
        }

        static Exception execution(Exception cause) {
            Exception foreign =
                    new CamelExecutionException(CONTENT, new DefaultExchange(new DefaultCamelContext()), cause);
            foreign.setStackTrace(numberFormat("x").getStackTrace());
            return foreign;
        }
    }
}
