package io.tapsentinel.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpMethod;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.config.OwnSecrets;
import io.tapsentinel.read.WindowFailedException;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.tap.answer.TapAnswerException;
import io.tapsentinel.tap.api.TapRefusedException;
import io.tapsentinel.testing.Foreign;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.TypeConversionException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.junit.jupiter.api.Test;

class SafeMessageTest {

    private static final String CONTENT = "Your invoice is overdue";

    @Test
    void foreignExceptionIsNamedNotQuoted() {
        assertThat(SafeMessage.of(Thrown.numberFormat(CONTENT)))
                .isEqualTo("java.lang.NumberFormatException at java.lang.NumberFormatException.forInputString");
        assertThat(SafeMessage.of(Thrown.conversion(CONTENT))).doesNotContain(CONTENT);
        assertThat(SafeMessage.of(Thrown.execution(null)))
                .isEqualTo(
                        "org.apache.camel.CamelExecutionException at java.lang.NumberFormatException.forInputString");
    }

    @Test
    void parserExceptionIsNotQuotedAlthoughItIsAnIOException() {
        for (Exception parsing : List.of(Thrown.parsing("Overdue"), Thrown.parsing("{\"subject\":\"Overdue\"}"))) {
            assertThat(parsing).isInstanceOf(IOException.class).hasMessageContaining("Overdue");
            assertThat(SafeMessage.of(parsing)).doesNotContain("Overdue");
        }
    }

    @Test
    void neitherIsOneInsideOurs() {
        assertThat(SafeMessage.of(new WindowFailedException("the window failed", Thrown.numberFormat(CONTENT))))
                .isEqualTo("the window failed");
    }

    @Test
    void ownExceptionsAreQuoted() {
        for (Exception ours : List.of(
                new UploadException(503, "upload refused"),
                new StoreException("the store refused"),
                new TapAnswerException("cut at byte 7"),
                new WindowFailedException("1 of clicks were read, 0 ended"),
                new TapRefusedException(400, "too short"),
                new ConnectException("Connection refused"))) {
            assertThat(SafeMessage.of(ours)).isEqualTo(ours.getMessage());
        }
        assertThat(SafeMessage.of(new IllegalStateException("thrown by our code")))
                .isEqualTo("thrown by our code");
    }

    @Test
    void ownExceptionInsideAForeignOneIsFound() {
        Exception wrapped = Thrown.execution(new UploadException(503, "upload refused"));

        assertThat(SafeMessage.of(wrapped)).isEqualTo("upload refused");
    }

    @Test
    void onlyOwnMessagesNameWhatFailed() {
        assertThat(SafeMessage.isOurs(Thrown.execution(new UploadException(503, "upload refused"))))
                .isTrue();
        assertThat(SafeMessage.isOurs(new ConnectException("Connection refused")))
                .isFalse();
        assertThat(SafeMessage.isOurs(Thrown.numberFormat(CONTENT))).isFalse();
    }

    @Test
    void wrapperThatQuotesAForeignExceptionIsNotQuoted() {
        Exception foreign = Thrown.parsing("Overdue");

        for (Exception around : List.of(
                new IllegalStateException(foreign),
                new UncheckedIOException((IOException) foreign),
                new IllegalStateException("it failed: " + foreign.getMessage(), foreign))) {
            assertThat(SafeMessage.of(around)).doesNotContain("Overdue");
        }
    }

    @Test
    void ownMessagesAreMasked() {
        OwnSecrets.know("s3cret-of-this-test");

        assertThat(SafeMessage.of(new StoreException("the store said s3cret-of-this-test")))
                .isEqualTo("the store said ******");
        assertThat(SafeMessage.of(new SocketException("sent s3cret-of-this-test")))
                .isEqualTo("sent ******");
    }

    @Test
    void failedConnectionHasAPlainMessage() {
        assertThat(SafeMessage.of(caused(new ConnectException(), new ClosedChannelException())))
                .isEqualTo("cannot connect");
        assertThat(SafeMessage.of(caused(new ConnectException(), new UnresolvedAddressException())))
                .isEqualTo("the host name has no address");
        assertThat(SafeMessage.of(new UnknownHostException("tap.example: Name or service not known")))
                .isEqualTo("the host name tap.example has no address");
    }

    @Test
    void invalidHttpIsNotQuoted() throws Exception {
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread closing = new Thread(() -> {
                try (Socket client = deaf.accept()) {
                    client.getOutputStream().write("no HTTP\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            closing.start();
            URI url = URI.create("http://127.0.0.1:" + deaf.getLocalPort());

            Throwable failure = catchThrowable(() -> HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.discarding()));

            closing.join();
            assertThat(failure).isInstanceOf(IOException.class);
            assertThat(SafeMessage.of(new RuntimeException(failure)))
                    .isEqualTo("the answer is not valid HTTP; check which server answers");
        }
    }

    @Test
    void fileFailureHasAPlainMessageWithoutItsName() throws Exception {
        assertThat(SafeMessage.of(caused(new NoSuchFileException(CONTENT), null)))
                .isEqualTo("no such file");
        assertThat(SafeMessage.of(caused(new AccessDeniedException(CONTENT), null)))
                .isEqualTo("access denied");
        assertThat(SafeMessage.of(caused(new FileSystemException(CONTENT, null, "Read-only file system"), null)))
                .isEqualTo("Read-only file system");
        try (OutputStream full = Files.newOutputStream(Path.of("/dev/full"))) {
            Throwable failure = catchThrowable(() -> full.write(1));
            assertThat(SafeMessage.of(new RuntimeException(failure))).isEqualTo("disk full");
            assertThat(SafeMessage.isOfAFullDisk(new RuntimeException(failure))).isTrue();
        }
    }

    @Test
    void azureFailureIsReportedByItsRootCause() {
        assertThat(SafeMessage.of(Foreign.of(new ClientAuthenticationException(
                        "see inner exception",
                        null,
                        new IllegalStateException("no token\nfound: Bearer 0123456789abcdef0123")))))
                .isEqualTo("IllegalStateException: no token found: Bearer ...");
        assertThat(SafeMessage.of(Foreign.of(new ClientAuthenticationException(
                        "no token", null, new ConnectException("Connection refused")))))
                .isEqualTo("Connection refused");
    }

    @Test
    void quotedHttpIsRemoved() {
        for (IOException failure : List.of(
                new ClientProtocolException(CONTENT),
                new MalformedChunkCodingException(CONTENT),
                new ProtocolException(CONTENT))) {
            assertThat(SafeMessage.of(Foreign.of(new RuntimeException(failure))))
                    .isEqualTo("the answer is not valid HTTP; check which server answers");
        }
        assertThat(SafeMessage.of(Foreign.of(new RuntimeException(new MessageConstraintException("too long")))))
                .isEqualTo("too long; the limit is 200 headers of 16 KiB. Check which server answers");
    }

    @Test
    void azureErrorIsReportedByStatusAndCode() {
        HttpHeaders headers = new HttpHeaders().set(HttpHeaderName.fromString("x-ms-error-code"), "NoSuchThing");
        var request = new com.azure.core.http.HttpRequest(HttpMethod.PUT, "http://127.0.0.1/");
        var answer = new ReadAnswer(request, 409, headers, new byte[0]);

        assertThat(SafeMessage.of(Foreign.of(new RuntimeException(new HttpResponseException(CONTENT, answer)))))
                .isEqualTo("answered 409 NoSuchThing");
        headers.set(HttpHeaderName.fromString("x-ms-error-code"), CONTENT);
        assertThat(SafeMessage.of(Foreign.of(new RuntimeException(new HttpResponseException(CONTENT, answer)))))
                .isEqualTo("answered 409");
    }

    @Test
    void circularCausesEnd() {
        Exception one = Thrown.numberFormat(CONTENT);
        Exception other = Thrown.execution(one);
        one.initCause(other);

        assertThat(SafeMessage.of(one)).doesNotContain(CONTENT);
    }

    @Test
    void exceptionWithoutMessageOrStackTraceIsNamed() {
        assertThat(SafeMessage.of(new SocketException())).isEqualTo("SocketException");
        Exception bare = new IllegalArgumentException(CONTENT);
        bare.setStackTrace(new StackTraceElement[0]);
        assertThat(SafeMessage.of(bare)).isEqualTo("java.lang.IllegalArgumentException");
    }

    private static Exception caused(IOException failure, Exception cause) {
        if (cause != null) {
            failure.initCause(cause);
        }
        return Foreign.of(new IllegalStateException("outer", failure));
    }

    /** Makes exceptions whose stack trace begins in code that is not ours. */
    private static final class Thrown {

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
