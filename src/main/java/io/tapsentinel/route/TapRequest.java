package io.tapsentinel.route;

import io.tapsentinel.state.RequestBudget;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Turns a window into TAP's query, and counts the request before it is sent. */
class TapRequest implements Processor {

    private final RequestBudget budget;
    private final String query;

    /** @param threatStatus which threats to ask for: active, cleared, falsePositive */
    TapRequest(RequestBudget budget, List<String> threatStatus) {
        this.budget = budget;
        // without a format TAP answers in syslog
        this.query = "format=json" + threatStatus.stream().map(status -> "&threatStatus=" + status).collect(Collectors.joining());
    }

    @Override
    public void process(Exchange exchange) {
        WindowRead read = TapSpine.read(exchange);
        if (!budget.take(read.purpose())) {
            throw new BudgetUsedUpException("tap.budget.requests-per-day is used up for " + read.purpose().word()
                    + " requests; they go on as the oldest ones of the last 24 hours age out");
        }
        exchange.getMessage().setHeader(Exchange.HTTP_QUERY, query + "&interval=" + read.window());
    }
}
