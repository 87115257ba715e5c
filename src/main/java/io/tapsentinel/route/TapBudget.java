package io.tapsentinel.route;

import io.tapsentinel.state.LedgerEntry.Purpose;
import io.tapsentinel.state.RequestBudget;
import io.tapsentinel.tap.Pool;
import io.tapsentinel.tap.TapHost;
import java.net.URI;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;

/**
 * Counts every request to TAP where it leaves, below Camel: whatever URL a route names, every probe and every retry, in the pool of
 * its path. One that the budget has no room for is not sent.
 */
public class TapBudget implements HttpClientConfigurer {

    private final TapHost tap;
    private final RequestBudget budget;
    /** Why TAP is being asked; there is one read of the source at a time. */
    private volatile Purpose purpose = Purpose.POLL;

    public TapBudget(URI tap, RequestBudget budget) {
        this.tap = new TapHost(tap);
        this.budget = budget;
    }

    /** From now on requests are for this. */
    void reading(Purpose why) {
        purpose = why;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.addRequestInterceptorLast((request, entity, context) -> {
            if (tap.isAskedBy(request) && !budget.take(Pool.of(request.getPath()), purpose)) {
                throw new BudgetUsedUpException("tap.budget.requests-per-day (" + budget.perDay() + ") is used up for " + purpose.word()
                        + " requests; they go on as the oldest ones of the last 24 hours age out");
            }
        });
    }
}
