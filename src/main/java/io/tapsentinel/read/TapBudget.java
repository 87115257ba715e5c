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
 * Counts every request to TAP in the pool of its path. Works below Camel, so retries, probes and requests of any route
 * count. A request without room in the budget is not sent. Also records how TAP answered the request of the window,
 * since {@code tap-fetch} may return something else: only TAP's own answer proves that there are no more events.
 */
public class TapBudget implements HttpClientConfigurer {

    /** Path of TAP's endpoints, relative to {@code tap.url}. */
    static final String SIEM = "/v2/siem/";

    /** The endpoint of all four types, relative to {@code tap.url}. */
    public static final String PATH = SIEM + "all";

    private static final Duration CATCH_UP = Duration.ofMinutes(1);

    private final TapHost tap;
    private final RequestBudget budget;
    private final IntConsumer answered;
    /** Purpose of the current read; there is one at a time. */
    private volatile Purpose purpose = Purpose.POLL;

    private volatile String path = PATH;
    private volatile String question = "";
    /** Status of TAP's answer to the window's request; 0 until then. */
    private volatile int answer;
    /** Whether HttpClient detects a connection that ends too early. */
    private volatile boolean framed;

    /** @param answered receives the status of each answer to a window's request as soon as its headers arrive */
    public TapBudget(URI tap, RequestBudget budget, IntConsumer answered) {
        this.tap = new TapHost(tap);
        this.budget = budget;
        this.answered = answered;
    }

    /** Starts a read. It must send this query to this path, relative to {@code tap.url}. */
    void reading(Purpose why, String endpoint, String query) {
        purpose = why;
        path = endpoint;
        question = query;
        answer = 0;
        framed = false;
    }

    /**
     * Time limit of the next request.
     *
     * @param usual the limit for reads other than catch-ups
     */
    public Duration timeout(Duration usual) {
        // polls of all tables wait while one table catches up
        return purpose == Purpose.CATCH_UP ? Comparables.min(usual, CATCH_UP) : usual;
    }

    /** Whether the answer has a length or chunks, so that truncation would have been detected. */
    boolean isFramed() {
        return framed;
    }

    /** @throws WindowFailedException when TAP did not answer the window's request with this status */
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
