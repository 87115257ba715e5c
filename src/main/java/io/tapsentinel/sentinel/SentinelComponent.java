package io.tapsentinel.sentinel;

import io.tapsentinel.event.DeliveryLog;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.process.SafeListeners;
import io.tapsentinel.sentinel.batch.RejectedLog;
import io.tapsentinel.sentinel.batch.Rejections;
import io.tapsentinel.sentinel.batch.SuspensionLog;
import io.tapsentinel.sentinel.schema.MappingReport;
import io.tapsentinel.sentinel.upload.Uploader;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code sentinel:<Table>} sends TAP events to a table of a Microsoft Sentinel workspace by the Logs Ingestion API.
 * Holds what all tables share: the uploader, the delivery log, rejections and reports.
 */
@Component("sentinel")
public class SentinelComponent extends DefaultComponent {

    @Metadata(description = "Default options of all endpoints.")
    private SentinelConfiguration configuration = new SentinelConfiguration();

    @Metadata(
            autowired = true,
            label = "advanced",
            description = "Sends the batches; owns the HTTP client and the credentials.")
    private Uploader uploader;

    @Metadata(autowired = true, label = "advanced", description = "Makes the keys of acknowledged events durable.")
    private DeliveryLog deliveryLog;

    @Metadata(autowired = true, label = "advanced", description = "Stores rejected records.")
    private RejectedLog rejectedLog;

    @Metadata(
            autowired = true,
            label = "advanced",
            description = "Receives reports of fields without a column and values that do not fit their column.")
    private MappingReport mappingReport;

    @Metadata(
            label = "advanced",
            description = "Whether the tables have the column AdditionalFields for data that fits no other column.")
    private boolean additionalFields;

    private SuspensionLog suspensionLog = SuspensionLog.IN_MEMORY;

    private final Clock clock;
    private final DeliveryStatus deliveryStatus;
    private final Suspensions suspensions;
    /** How long a stopping route waits for parked exchanges, after Camel's own shutdown timeout. */
    private Duration stopTime = Duration.ofSeconds(1);

    private FatalErrors fatalErrors = FatalErrors.LOG_ONLY;
    private Rejections rejections;
    private final Set<SentinelProducer> producers = ConcurrentHashMap.newKeySet();

    public SentinelComponent() {
        this((CamelContext) null);
    }

    public SentinelComponent(CamelContext context) {
        this(context, Clock.systemUTC(), Clock.systemUTC());
    }

    /**
     * @param clock  for the times reported here
     * @param steady measures durations, unaffected by changes of the clock
     */
    public SentinelComponent(Clock clock, Clock steady) {
        this(null, clock, steady);
    }

    private SentinelComponent(CamelContext context, Clock clock, Clock steady) {
        super(context);
        this.clock = clock;
        this.deliveryStatus = new DeliveryStatus(clock);
        this.suspensions = new Suspensions(
                this::getUploader,
                () -> suspensionLog,
                table -> deliveryStatus.of(table).accept(),
                clock,
                steady);
    }

    @Override
    protected Endpoint createEndpoint(String uri, String table, Map<String, Object> parameters) throws Exception {
        SentinelEndpoint endpoint = new SentinelEndpoint(uri, this, table, configuration.copy());
        setProperties(endpoint, parameters);
        return endpoint;
    }

    /** Deliveries and problems since the start. */
    public DeliveryStatus deliveryStatus() {
        return deliveryStatus;
    }

    /** The suspension of each table. */
    public Suspensions suspensions() {
        return suspensions;
    }

    /** Makes suspensions durable. Call it before any route starts. */
    public void setSuspensionLog(SuspensionLog log) {
        suspensionLog = log;
    }

    /** Rejected records since the start. */
    public synchronized Rejections rejections() {
        if (rejections == null) {
            rejections = new Rejections(rejectedLog, deliveryLog, clock);
        }
        return rejections;
    }

    /** Sends open batches without lingering; for a program that stops. */
    public void drain() {
        producers.forEach(SentinelProducer::drain);
    }

    /** See {@link #onFatalError}. */
    public FatalErrors fatalErrors() {
        return fatalErrors;
    }

    /** Sets what handles an Error on a sending thread. */
    public void onFatalError(FatalErrors handler) {
        fatalErrors = handler;
    }

    Duration stopTime() {
        return stopTime;
    }

    void setStopTime(Duration stopTime) {
        this.stopTime = stopTime;
    }

    void started(SentinelProducer producer) {
        producers.add(producer);
    }

    void stopped(SentinelProducer producer) {
        producers.remove(producer);
    }

    public SentinelConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(SentinelConfiguration configuration) {
        this.configuration = configuration;
    }

    public Uploader getUploader() {
        return uploader;
    }

    public void setUploader(Uploader uploader) {
        this.uploader = uploader;
    }

    public DeliveryLog getDeliveryLog() {
        return deliveryLog;
    }

    public void setDeliveryLog(DeliveryLog deliveryLog) {
        this.deliveryLog = deliveryLog;
    }

    public RejectedLog getRejectedLog() {
        return rejectedLog;
    }

    public void setRejectedLog(RejectedLog rejectedLog) {
        this.rejectedLog = rejectedLog;
    }

    public boolean isAdditionalFields() {
        return additionalFields;
    }

    public void setAdditionalFields(boolean additionalFields) {
        this.additionalFields = additionalFields;
    }

    public MappingReport getMappingReport() {
        return mappingReport;
    }

    public void setMappingReport(MappingReport mappingReport) {
        this.mappingReport = SafeListeners.safe(MappingReport.class, mappingReport);
    }
}
