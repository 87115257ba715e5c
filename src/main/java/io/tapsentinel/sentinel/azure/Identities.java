package io.tapsentinel.sentinel.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.identity.AadCredentialBuilderBase;
import com.azure.identity.AzureCliCredentialBuilder;
import com.azure.identity.ClientAssertionCredentialBuilder;
import com.azure.identity.ClientCertificateCredentialBuilder;
import com.azure.identity.ClientSecretCredentialBuilder;
import io.tapsentinel.config.InvalidSettingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The identities that azure-identity's variables describe: client secret or certificate, workload identity, managed
 * identity, Azure CLI. {@code AZURE_TOKEN_CREDENTIALS} selects some of them.
 */
public final class Identities {

    private static final String CLIENT = "AZURE_CLIENT_ID";
    private static final String TENANT = "AZURE_TENANT_ID";
    private static final String SECRET = "AZURE_CLIENT_SECRET";
    private static final String CERTIFICATE = "AZURE_CLIENT_CERTIFICATE_PATH";
    private static final String FEDERATED = "AZURE_FEDERATED_TOKEN_FILE";
    private static final String SELECTION = "AZURE_TOKEN_CREDENTIALS";

    private final Map<String, String> environment;
    private final HttpClient http;
    private final String authority;

    private Identities(Map<String, String> environment, HttpClient http, String authority) {
        this.environment = environment;
        this.http = http;
        this.authority = authority;
    }

    /**
     * The identities in the order in which they are tried.
     *
     * @param environment variables as in {@link System#getenv()}
     * @throws InvalidSettingException if {@code AZURE_TOKEN_CREDENTIALS} names none of these
     */
    public static List<Identity> of(Map<String, String> environment, HttpClient http, AzureCloud cloud) {
        // AZURE_AUTHORITY_HOST replaces the public cloud's authority, as in azure-identity
        String own = environment.getOrDefault("AZURE_AUTHORITY_HOST", "").strip();
        return new Identities(environment, http, cloud == AzureCloud.PUBLIC && !own.isEmpty() ? own : cloud.authority())
                .selected();
    }

    private List<Identity> selected() {
        List<Identity> service = List.of(environment(), workload(), managed());
        String wanted = value(SELECTION).toLowerCase(Locale.ROOT);
        return switch (wanted) {
            case "" -> Stream.concat(service.stream(), Stream.of(commandLine())).toList();
            case "prod" -> service;
            case "dev", "azureclicredential" -> List.of(commandLine().alone());
            case "environmentcredential" -> List.of(service.get(0));
            case "workloadidentitycredential" -> List.of(service.get(1));
            case "managedidentitycredential" -> List.of(service.get(2).alone());
            default ->
                throw new InvalidSettingException(
                        SELECTION + " is \"" + value(SELECTION) + "\"; it must be prod, dev,"
                                + " EnvironmentCredential, WorkloadIdentityCredential, ManagedIdentityCredential, AzureCliCredential or unset");
        };
    }

    private Identity environment() {
        if (!value(SECRET).isEmpty()) {
            return new Identity("client secret", () -> missing(CLIENT, TENANT), true, this::secret);
        }
        if (!value(CERTIFICATE).isEmpty()) {
            return new Identity("client certificate", () -> missing(CLIENT, TENANT), true, this::certificate);
        }
        return new Identity(
                "client secret or certificate",
                () -> Optional.of(SECRET + " or " + CERTIFICATE + " is not set"),
                true,
                () -> null);
    }

    private TokenCredential secret() {
        return entra(new ClientSecretCredentialBuilder())
                .clientSecret(value(SECRET))
                .build();
    }

    private TokenCredential certificate() {
        boolean chain = List.of("true", "1")
                .contains(value("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN").toLowerCase(Locale.ROOT));
        // the builder accepts PEM and PKCS 12
        return entra(new ClientCertificateCredentialBuilder())
                .pemCertificate(value(CERTIFICATE))
                .sendCertificateChain(chain)
                .clientCertificatePassword(environment.get("AZURE_CLIENT_CERTIFICATE_PASSWORD"))
                .build();
    }

    private Identity workload() {
        Path file = Path.of(value(FEDERATED));
        // azure-identity's WorkloadIdentityCredential does not accept this HTTP client, and so no proxy and CA file
        return new Identity(
                "workload identity",
                () -> missing(FEDERATED, CLIENT, TENANT),
                true,
                () -> entra(new ClientAssertionCredentialBuilder())
                        .clientAssertion(() -> content(file))
                        .build());
    }

    private Identity managed() {
        ManagedIdentity identity = new ManagedIdentity(environment, http);
        return new Identity("managed identity", identity::absent, identity.isConfigured(), identity::credential);
    }

    private Identity commandLine() {
        String tenant = value(TENANT);
        return new Identity(
                "Azure CLI",
                Optional::empty,
                false,
                () -> new AzureCliCredentialBuilder()
                        .tenantId(tenant.isEmpty() ? null : tenant)
                        .build());
    }

    private <B extends AadCredentialBuilderBase<B>> B entra(B builder) {
        return builder.tenantId(value(TENANT))
                .clientId(value(CLIENT))
                .authorityHost(authority)
                .httpClient(http)
                // no retry here: the caller retries after a pause
                .retryOptions(new RetryOptions(new FixedDelayOptions(0, Duration.ZERO)));
    }

    /** Read for every token, since Kubernetes replaces the file about once an hour. */
    private static String content(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    new IOException(FEDERATED + " is \"" + file + "\"; it must be a readable file"));
        }
    }

    private Optional<String> missing(String... names) {
        List<String> missing =
                Stream.of(names).filter(name -> value(name).isEmpty()).toList();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(String.join(", ", missing) + (missing.size() == 1 ? " is not set" : " are not set"));
    }

    private String value(String name) {
        return environment.getOrDefault(name, "").strip();
    }
}
