package io.tapsentinel.read;

import io.tapsentinel.event.Comparables;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.tap.api.TapHost;
import io.tapsentinel.tap.plan.Pool;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.IntConsumer;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpRequest;

/**
 * Counts every request to TAP where it leaves, below Camel: whatever URL a route names, every probe and every retry, in the pool of
 * its path. One that the budget has no room for is not sent. Knows, too, how TAP answered what the window asks, whatever
 * {@code tap-fetch} made of it: another answer, or one to another question, is no proof that there is nothing more.
 */
public class TapBudget implements HttpClientConfigurer {

    /** Where TAP's endpoints are, below {@code tap.url}. */
    static final String SIEM = "/v2/siem/";

    /** The endpoint of all four types, below {@code tap.url}. */
    public static final String PATH = SIEM + "all";

    private static final Duration CATCH_UP = Duration.ofMinutes(1);

    private final TapHost tap;
    private final RequestBudget budget;
    private final IntConsumer answered;
    /** Why TAP is being asked; there is one read of the source at a time. */
    private volatile Purpose purpose = Purpose.POLL;

    private volatile String path = PATH;
    private volatile String question = "";
    /** The status of TAP's answer to it; 0 while there is none. */
    private volatile int answer;
    /** Whether HttpClient fails when the connection ends before the answer does. */
    private volatile boolean framed;

    /** @param answered gets the status of each answer to what the window asks, as soon as its head is there */
    public TapBudget(URI tap, RequestBudget budget, IntConsumer answered) {
        this.tap = new TapHost(tap);
        this.budget = budget;
        this.answered = answered;
    }

    /** From now on requests are for this, and TAP must be asked at this path, below {@code tap.url}, with this query. */
    void reading(Purpose why, String endpoint, String query) {
        purpose = why;
        path = endpoint;
        question = query;
        answer = 0;
        framed = false;
    }

    /** How long the request may take that is made now. @param usual for one that fresh time may need */
    public Duration timeout(Duration usual) {
        // while one table catches up, the polls of all wait
        return purpose == Purpose.CATCH_UP ? Comparables.min(usual, CATCH_UP) : usual;
    }

    /** Whether an answer that has come in cannot be cut: it has a length, or comes in chunks. */
    boolean isFramed() {
        return framed;
    }

    /** @throws WindowFailedException when TAP has not answered that query with this status since */
    void requireAnswered(int status) {
        if (answer != status) {
            throw new WindowFailedException("tap-fetch did not ask TAP for this window: it must send GET {{tap.url}}"
                    + path + (path.equals(PATH) ? "" : " (header CamelHttpUri)")
                    + " with the query of the header CamelHttpQuery");
        }
    }

    private boolean isQuestion(HttpRequest request) {
        String[] parts = request.getPath().split("\\?", 2);
        return tap.isAskedBy(request)
                && "GET".equals(request.getMethod())
                && parts[0].endsWith(path)
                && parts.length == 2
                && URLDecoder.decode(parts[1], StandardCharsets.UTF_8).equals(question);
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.addRequestInterceptorLast((request, entity, context) -> {
            if (tap.isAskedBy(request) && !budget.take(Pool.of(request.getPath()), purpose)) {
                throw new BudgetUsedUpException("tap.budget.requests-per-day ("
                        + HumanText.number(budget.perDay()) + ") is used up for " + purpose.word()
                        + " requests; there is room again as those of the last 24 hours age out");
            }
        });
        builder.addResponseInterceptorFirst((response, entity, context) -> {
            if (isQuestion(HttpClientContext.cast(context).getRequest())) {
                answer = response.getCode();
                framed = entity != null && (entity.getContentLength() >= 0 || entity.isChunked());
                answered.accept(answer);
            }
        });
    }
}
