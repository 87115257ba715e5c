package io.tapsentinel.doctor;

import io.tapsentinel.app.Settings;
import io.tapsentinel.net.Network;
import java.io.IOException;
import java.util.function.Consumer;

/** Whether the ingestion endpoint can be reached at all; what it answers to a request for nothing does not matter. */
final class EndpointCheck implements Check {

    private final ConfigurationCheck configuration;
    private final Web web;
    private boolean well;

    EndpointCheck(ConfigurationCheck configuration, Web web) {
        this.configuration = configuration;
        this.web = web;
    }

    @Override
    public String name() {
        return "endpoint";
    }

    @Override
    public void look(Consumer<Finding> found) {
        found.accept(configuration.finding(name(), this::finding));
    }

    /** Whether it was reached. */
    boolean isWell() {
        return well;
    }

    private Finding finding(Settings settings) {
        try {
            web.get(settings.ingestion().resolve("/"), "");
            well = true;
            return Finding.well(name(), Network.place(settings.ingestion()) + " can be reached");
        } catch (IOException e) {
            return Finding.wrong(
                    name(),
                    web.unreached(settings.ingestion(), "sentinel.endpoint").words(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Finding.unknown(name(), "interrupted");
        }
    }
}
