package io.tapsentinel.testing;

import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** A job of {@link CronComponent}. */
final class CronEndpoint extends DefaultEndpoint {

    private final CronComponent component;
    private final String cron;

    CronEndpoint(String uri, CronComponent component, String cron) {
        super(uri, component);
        this.component = component;
        this.cron = cron;
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException("nothing is sent to a schedule");
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        return new CronConsumer(this, processor, component, cron);
    }
}
