package io.tapsentinel.sentinel.upload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import org.junit.jupiter.api.Test;

/** What other people's exceptions and answers look like in one line of ours. */
class FailureTest {

    @Test
    void aConnectionThatCannotBeMadeIsSaidInWords() {
        assertThat(Failure.of(caused(new ConnectException(), new ClosedChannelException())))
                .isEqualTo("ConnectException: cannot connect");
        assertThat(Failure.of(caused(new ConnectException(), new UnresolvedAddressException())))
                .isEqualTo("ConnectException: the host name has no address");
    }

    @Test
    void theFirstFailureOfInputOrOutputIsTheReason() {
        assertThat(Failure.of(new IllegalStateException(
                        "outer", new IOException("broken\r\npipe", new RuntimeException("inner")))))
                .isEqualTo("IOException: broken pipe");
        assertThat(Failure.of(new IllegalStateException("outer", new RuntimeException("inner"))))
                .isEqualTo("RuntimeException: inner");
        assertThat(Failure.of(new IllegalStateException())).isEqualTo("IllegalStateException");
    }

    @Test
    void anEndpointWithoutAPortHasItsSchemes() {
        assertThat(Failure.place(URI.create("https://x.ingest.monitor.azure.com")))
                .isEqualTo("x.ingest.monitor.azure.com:443");
        assertThat(Failure.place(URI.create("http://[::1]"))).isEqualTo("[::1]:80");
        assertThat(Failure.place(URI.create("https://127.0.0.1:8443/x"))).isEqualTo("127.0.0.1:8443");
    }

    private static Exception caused(IOException failure, Exception cause) {
        failure.initCause(cause);
        return new IllegalStateException("outer", failure);
    }
}
