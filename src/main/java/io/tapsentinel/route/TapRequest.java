package io.tapsentinel.route;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Turns a window into TAP's query. */
class TapRequest implements Processor {

    private final TapBudget budget;
    private final String query;

    /** @param threatStatus which threats to ask for: active, cleared, falsePositive */
    TapRequest(TapBudget budget, List<String> threatStatus) {
        this.budget = budget;
        // without a format TAP answers in syslog
        this.query = "format=json"
                + threatStatus.stream().map(status -> "&threatStatus=" + status).collect(Collectors.joining());
    }

    @Override
    public void process(Exchange exchange) {
        WindowRead read = TapSpine.read(exchange);
        String question = query + "&interval=" + read.window();
        budget.reading(read.purpose(), question);
        exchange.getMessage().setHeader(Exchange.HTTP_QUERY, question);
    }
}
