package io.tapsentinel.app;

import io.micrometer.core.instrument.MeterRegistry;
import io.tapsentinel.net.Network;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.read.InternalFailures;
import io.tapsentinel.read.StopSignal;
import io.tapsentinel.sentinel.SentinelComponent;
import java.time.Clock;
import java.util.Map;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/**
 * Shared by all parts of one run.
 *
 * @param properties effective values, for the placeholders of routes
 * @param steady     monotonic clock for waits and ages
 * @param fatal      handles an Error while reading, sending or committing
 */
public record RunContext(
        Settings settings,
        Map<String, String> properties,
        Network network,
        Clock clock,
        Clock steady,
        FatalErrors fatal,
        Parts parts,
        Main main,
        MeterRegistry registry,
        StopSignal stop,
        InternalFailures internal,
        SentinelComponent sentinel) {

    void addRoutes(RouteBuilder routes) {
        main.configure().addRoutesBuilder(routes);
    }
}
