package io.tapsentinel.sentinel.upload;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.monitor.ingestion.LogsIngestionClient;
import com.azure.monitor.ingestion.LogsIngestionClientBuilder;
import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.net.Network;
import io.tapsentinel.sentinel.azure.AzureCloud;
import io.tapsentinel.sentinel.azure.AzureHttp;
import io.tapsentinel.sentinel.azure.Identities;
import io.tapsentinel.sentinel.azure.SignIn;
import io.tapsentinel.sentinel.azure.SignInException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Builds clients of the Logs Ingestion API on the JDK's HTTP client. They do not retry. */
public final class IngestionClients {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private final String endpoint;
    private final AzureCloud cloud;
    private final HttpClient http;
    private final SignIn signIn;

    /**
     * @param endpoint    the logs ingestion endpoint
     * @param network     connects to it and to Microsoft Entra ID
     * @param environment variables as in {@link System#getenv()}, which select the identity
     * @throws InvalidSettingException if {@code AZURE_TOKEN_CREDENTIALS} names no credential
     */
    public IngestionClients(String endpoint, AzureCloud cloud, Network network, Map<String, String> environment) {
        this.endpoint = endpoint;
        this.cloud = cloud;
        this.http = new AzureHttp(network, CONNECT, ANSWER, 1);
        this.signIn = new SignIn(Identities.of(environment, http, cloud));
    }

    /**
     * A client that authenticates with the first identity found: client secret or certificate, workload identity,
     * managed identity, Azure CLI. It starts without a token, even if another client of this process has one. The Azure
     * CLI caches tokens outside this process and may return the same one again.
     *
     * @throws IllegalArgumentException if the endpoint is not a URL
     */
    public LogsIngestionClient azure() {
        return new LogsIngestionClientBuilder()
                .endpoint(endpoint)
                .httpClient(http)
                .credential(credential())
                .retryOptions(new RetryOptions(new FixedDelayOptions(0, Duration.ZERO)))
                .buildClient();
    }

    /** The credential of {@link #azure}, without a token. It throws {@link SignInException} if it gets none. */
    public TokenCredential credential() {
        return signIn.session(cloud.scope());
    }

    /** Name of the identity in use; empty until it has got a token. */
    public Optional<String> identity() {
        return signIn.chosen();
    }

    /** A client without credentials, for a loopback endpoint: the SDK refuses to send a token over http. */
    public LogsIngestionClient anonymous() {
        return new LogsIngestionClientBuilder()
                .endpoint(endpoint)
                // the builder requires a credential; the pipeline overrides it and requests no token
                .credential(request -> Mono.error(new IllegalStateException("a loopback endpoint gets no token")))
                .pipeline(new HttpPipelineBuilder().httpClient(http).build())
                .buildClient();
    }
}
