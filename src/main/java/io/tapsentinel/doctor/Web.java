package io.tapsentinel.doctor;

import io.tapsentinel.net.Network;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hc.client5.http.utils.DateUtils;

/** Sends one GET request and follows no redirect. It keeps no content of a successful answer. */
final class Web {

    private static final Duration CONNECT = Duration.ofSeconds(8);
    private static final Duration ANSWER = Duration.ofSeconds(15);
    private static final int PROXY_WANTS_USER = 407;
    /** Bytes read of a refusal. */
    private static final int QUOTED = 65_536;

    private static final int MOST_BLANKS = 1_000;
    /** White space and the three bytes of a UTF-8 byte order mark. */
    private static final String BEFORE_JSON = " \t\r\n\u00ef\u00bb\u00bf";

    private final Supplier<Network> network;
    private final Clock clock;

    /** @param network the program's network configuration */
    Web(Supplier<Network> network, Clock clock) {
        this.network = network;
        this.clock = clock;
    }

    /**
     * @param refusal  start of the body of an error, else empty
     * @param json     whether the body of a successful answer starts like JSON
     * @param date     the Date header
     * @param sent     just before the request was sent
     * @param received just after the headers arrived
     */
    record Answer(int status, String refusal, boolean json, Optional<Instant> date, Instant sent, Instant received) {}

    /**
     * @param authorization empty for none
     * @throws IOException if the service did not answer
     */
    Answer get(URI url, String authorization) throws IOException, InterruptedException {
        HttpRequest.Builder request = network.get()
                .request(url)
                .timeout(ANSWER)
                .version(HttpClient.Version.HTTP_1_1)
                .header("Accept", "application/json");
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        Instant sent = clock.instant();
        HttpResponse<InputStream> response = network.get()
                .client()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build()
                .send(request.build(), head -> BodySubscribers.ofInputStream());
        Instant received = clock.instant();
        // closing the body discards the rest
        try (InputStream body = response.body()) {
            if (response.statusCode() == PROXY_WANTS_USER
                    && network.get().describeProxy(url).isPresent()) {
                throw network.get().refused(url, PROXY_WANTS_USER);
            }
            int status = response.statusCode();
            boolean json = status < 400 && beginsAsJson(body);
            String refusal = status < 400 ? "" : new String(body.readNBytes(QUOTED), StandardCharsets.UTF_8);
            return new Answer(
                    status,
                    refusal,
                    json,
                    response.headers().firstValue("Date").map(DateUtils::parseStandardDate),
                    sent,
                    received);
        }
    }

    /** Reads only to the first character that is not white space: the rest is event content. */
    private static boolean beginsAsJson(InputStream body) throws IOException {
        int character = body.read();
        for (int read = 1; read < MOST_BLANKS && BEFORE_JSON.indexOf(character) >= 0; read++) {
            character = body.read();
        }
        return character == '[' || character == '{';
    }

    /** Explains a request without an answer. */
    Unreached unreached(URI url, String property) {
        return new Unreached(url, property, network.get().describeProxy(url));
    }
}
