package io.tapsentinel.sentinel.azure;

import com.azure.core.http.HttpClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.net.Network;
import io.tapsentinel.net.Redactor;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Clients of storage accounts with the program's network settings and identity. They do not retry: archive and replay
 * do. Nothing is created before the first client is requested. Thread-safe.
 */
public final class BlobClients {

    /** Azure's rule for storage account names. */
    private static final Pattern ACCOUNT = Pattern.compile("[a-z0-9]{3,24}");
    /** The same in all clouds. */
    private static final String SCOPE = "https://storage.azure.com/.default";

    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** Timeout of silence, not of the whole answer: a large one may take longer. */
    private static final Duration ANSWER = Duration.ofSeconds(60);
    /** Four times the size of a listing of 5,000 blobs. */
    private static final int LISTING_MIB = 16;

    private static final int ONE_TRY = 1;

    private final Optional<URI> own;
    private final AzureCloud cloud;
    private final Network network;
    private final Map<String, String> environment;
    private final Map<String, BlobServiceClient> clients = new ConcurrentHashMap<>();
    private HttpClient http;
    private SignIn signIn;

    /**
     * @param own         endpoint of the one account with its own address ({@code azure.blob-endpoint})
     * @param network     connects to it and to Microsoft Entra ID
     * @param environment variables as in {@link System#getenv()}, which select the identity
     */
    public BlobClients(Optional<URI> own, AzureCloud cloud, Network network, Map<String, String> environment) {
        this.own = own;
        this.cloud = cloud;
        this.network = network;
        this.environment = environment;
    }

    /**
     * The client of an account; it requests its first token with its first request.
     *
     * @throws InvalidSettingException if the name is invalid, the endpoint is another account's or not https, or
     * {@code                                 AZURE_TOKEN_CREDENTIALS} names no credential
     */
    public BlobServiceClient of(String account) {
        return clients.computeIfAbsent(account, name -> {
            URI to = endpoint(name);
            if (!"https".equals(to.getScheme())) {
                throw new InvalidSettingException(
                        "azure.blob-endpoint is \"" + to + "\"; it must be an https URL, since tokens are not"
                                + " sent over http. Or set the account's key (camel.component.azure-storage-blob.access-key)");
            }
            return builder(to).credential(signIn().session(SCOPE)).buildClient();
        });
    }

    /** A client that signs with an account key, for example for Azurite over http, which accepts no token. */
    public BlobServiceClient of(String account, String key) {
        return builder(endpoint(account))
                .credential(new StorageSharedKeyCredential(account, key))
                .buildClient();
    }

    /** The blob endpoint of an account. @throws InvalidSettingException as {@link #of(String)} does */
    public URI endpoint(String account) {
        if (!ACCOUNT.matcher(account).matches()) {
            throw new InvalidSettingException("azure-storage-blob:" + Redactor.line(account)
                    + " must name a storage account: 3 to 24 lower-case letters and digits");
        }
        own.flatMap(BlobClients::accountOf)
                .filter(other -> !other.equals(account))
                .ifPresent(other -> {
                    throw new InvalidSettingException(
                            "azure.blob-endpoint is \"" + own.get() + "\", which belongs to the account " + other
                                    + "; azure-storage-blob:" + account + " names another account");
                });
        return own.orElseGet(() -> URI.create("https://" + account + "." + cloud.blobs()));
    }

    /** The account in {@code https://account.blob.…} or {@code https://127.0.0.1:10000/account}; empty for a custom domain. */
    private static Optional<String> accountOf(URI endpoint) {
        String path = endpoint.getPath();
        if (path != null && path.length() > 1) {
            return Optional.of(path.substring(1));
        }
        String[] labels = endpoint.getHost().split("\\.");
        boolean azures = labels.length > 2 && (labels[1].equals("blob") || labels[1].equals("privatelink"));
        return azures ? Optional.of(labels[0]) : Optional.empty();
    }

    private BlobServiceClientBuilder builder(URI to) {
        return new BlobServiceClientBuilder()
                .endpoint(to.toString())
                .httpClient(http())
                .retryOptions(
                        new RequestRetryOptions(RetryPolicyType.FIXED, ONE_TRY, (Duration) null, null, null, null));
    }

    private synchronized HttpClient http() {
        if (http == null) {
            http = new AzureHttp(network, CONNECT, ANSWER, LISTING_MIB);
        }
        return http;
    }

    private synchronized SignIn signIn() {
        if (signIn == null) {
            signIn = new SignIn(Identities.of(environment, http(), cloud));
        }
        return signIn;
    }
}
