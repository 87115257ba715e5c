package io.tapsentinel.route;

import org.apache.camel.builder.RouteBuilder;

/** Removes what has been kept long enough every ten minutes, in every process: folders are its own. */
public class RetentionRoute extends RouteBuilder {

    private final Retention retention;

    public RetentionRoute(Retention retention) {
        this.retention = retention;
    }

    @Override
    public void configure() {
        errorHandler(noErrorHandler());
        from("timer:tap-retention?delay=1000&period=600000")
                .routeId("tap-retention")
                .process(tick -> retention.run());
    }
}
