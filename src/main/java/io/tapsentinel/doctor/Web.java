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

/** Asks a service once and follows nothing; keeps of the answer what tells how the service is, and no content. */
final class Web {

    private static final Duration CONNECT = Duration.ofSeconds(8);
    private static final Duration ANSWER = Duration.ofSeconds(15);
    private static final int PROXY_WANTS_USER = 407;
    /** Bytes of a refusal that are looked at. */
    private static final int QUOTED = 65_536;

    private static final int MOST_BLANKS = 1_000;
    /** Blanks, and the three bytes of a byte order mark. */
    private static final String BEFORE_JSON = " \t\r\n\u00ef\u00bb\u00bf";

    private final Supplier<Network> network;
    private final Clock clock;

    /** @param network the program's way to its services */
    Web(Supplier<Network> network, Clock clock) {
        this.network = network;
        this.clock = clock;
    }

    /**
     * An answer.
     *
     * @param refusal  the beginning of the body when the status is an error, else empty
     * @param json     whether the body of an answer that is no error begins as JSON does
     * @param date     the service's time; empty when it did not say
     * @param sent     when the request left, at the earliest
     * @param received when the answer's head was there, at the latest
     */
    record Answer(int status, String refusal, boolean json, Optional<Instant> date, Instant sent, Instant received) {}

    /**
     * @param authorization empty for none
     * @throws IOException when there was no answer of the service
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
        // closing it gives up what is left of it
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

    /** Reads to the first character that is no blank and not beyond it: the body of a good answer is content. */
    private static boolean beginsAsJson(InputStream body) throws IOException {
        int character = body.read();
        for (int read = 1; read < MOST_BLANKS && BEFORE_JSON.indexOf(character) >= 0; read++) {
            character = body.read();
        }
        return character == '[' || character == '{';
    }

    /** Why there was no answer. */
    Unreached unreached(URI url, String property) {
        return new Unreached(url, property, network.get().describeProxy(url));
    }
}
