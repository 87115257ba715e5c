package io.tapsentinel.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class AzureHttpTest {

    private final AtomicInteger clients = new AtomicInteger();
    private final AzureHttp http =
            new AzureHttp(Network.of(Map.of(), Map.of()), () -> new Ended(clients.incrementAndGet()));

    @Test
    void aClientThatAnswersNothingAnyMoreIsReplacedAfterTenRequests() {
        for (int i = 0; i < 10; i++) {
            assertThat(clients).hasValue(1);
            assertThatThrownBy(this::send).isInstanceOf(UncheckedIOException.class);
        }

        assertThat(clients).hasValue(2);
        assertThat(send()).as("the second client's answer").isNull();
    }

    private HttpResponse send() {
        return http.sendSync(new HttpRequest(HttpMethod.POST, "http://127.0.0.1:1/"), Context.NONE);
    }

    /** The first one is as the JDK's client after its selector thread has ended. */
    private record Ended(int number) implements HttpClient {

        @Override
        public Mono<HttpResponse> send(HttpRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public HttpResponse sendSync(HttpRequest request, Context context) {
            if (number == 1) {
                throw new UncheckedIOException(new IOException("selector manager closed"));
            }
            return null;
        }
    }
}
