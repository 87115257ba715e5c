package io.tapsentinel.sentinel;

import io.tapsentinel.sentinel.schema.TableSchema;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Send Proofpoint TAP events to a table of Microsoft Sentinel in batches. Each exchange completes when its record is
 * acknowledged.
 */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "sentinel",
        title = "Microsoft Sentinel",
        syntax = "sentinel:table",
        producerOnly = true,
        category = {Category.CLOUD, Category.MONITORING},
        headersClass = SentinelConstants.class)
public class SentinelEndpoint extends DefaultEndpoint {

    @UriPath
    @Metadata(required = true, description = "Name of the table. Its schema defines the columns and the stream.")
    private final String table;

    @UriParam
    private SentinelConfiguration configuration;

    public SentinelEndpoint(
            String uri, SentinelComponent component, String table, SentinelConfiguration configuration) {
        super(uri, component);
        this.table = table;
        this.configuration = configuration;
    }

    @Override
    public Producer createProducer() {
        // checks options and table before anything is read
        return new SentinelProducer(
                this,
                TableSchema.of(table, getComponent().isAdditionalFields()),
                configuration.batchSettings(),
                configuration.retrySettings());
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("sentinel: only sends records; it cannot be used in from:");
    }

    @Override
    public SentinelComponent getComponent() {
        return (SentinelComponent) super.getComponent();
    }

    public String getTable() {
        return table;
    }

    public SentinelConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(SentinelConfiguration configuration) {
        this.configuration = configuration;
    }
}
