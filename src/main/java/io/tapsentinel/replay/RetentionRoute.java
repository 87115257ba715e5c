package io.tapsentinel.replay;

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
        // timer: stands still after the clock was set back
        from("scheduler:tap-retention?initialDelay=1000&delay=600000")
                .routeId("tap-retention")
                .process(tick -> retention.run());
    }
}
