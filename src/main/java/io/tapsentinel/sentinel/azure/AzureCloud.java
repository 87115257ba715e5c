package io.tapsentinel.sentinel.azure;

import com.azure.identity.AzureAuthorityHosts;
import java.util.Locale;

/** Azure's clouds: token scope of the Logs Ingestion API, Microsoft Entra ID and blob host names. */
public enum AzureCloud {
    PUBLIC("https://monitor.azure.com//.default", AzureAuthorityHosts.AZURE_PUBLIC_CLOUD, "blob.core.windows.net"),
    USGOV("https://monitor.azure.us//.default", AzureAuthorityHosts.AZURE_GOVERNMENT, "blob.core.usgovcloudapi.net"),
    CHINA("https://monitor.azure.cn//.default", AzureAuthorityHosts.AZURE_CHINA, "blob.core.chinacloudapi.cn");

    private final String scope;
    private final String authority;
    private final String blobs;

    AzureCloud(String scope, String authority, String blobs) {
        this.scope = scope;
        this.authority = authority;
        this.blobs = blobs;
    }

    /**
     * The cloud of {@code sentinel.cloud}.
     *
     * @param name {@code public}, {@code usgov} or {@code china}
     * @throws IllegalArgumentException for any other name
     */
    public static AzureCloud named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Token scope; the double slash is right, since the resource ends in a slash. */
    public String scope() {
        return scope;
    }

    /** URL of Microsoft Entra ID. */
    String authority() {
        return authority;
    }

    /** Suffix of a storage account's blob host name. */
    String blobs() {
        return blobs;
    }
}
