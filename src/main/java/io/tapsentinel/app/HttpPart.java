package io.tapsentinel.app;

import io.tapsentinel.net.BoundedHttpComponent;
import io.tapsentinel.net.CamelHttp;
import io.tapsentinel.read.TapBudget;
import io.tapsentinel.tap.api.AnswerLimits;
import io.tapsentinel.tap.api.TapDates;
import io.tapsentinel.tap.api.TapTimeout;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;

/** The clients of routes: requests to TAP are signed, counted, timed and limited; all take the program's way to the network. */
final class HttpPart extends MainListenerSupport {

    private final RunContext run;
    private final TapPart tap;
    private final TapBudget requests;

    HttpPart(RunContext run, TapPart tap, TapBudget requests) {
        this.run = run;
        this.tap = tap;
        this.requests = requests;
    }

    @Override
    public void beforeConfigure(BaseMainSupport main) {
        Settings settings = run.settings();
        CamelHttp way = new CamelHttp(run.network());
        TapDates dates = new TapDates(settings.tapUrl(), tap.condition.clock(), run.clock());
        AnswerLimits limits = new AnswerLimits(settings.tapUrl(), settings.maxAnswerMegabytes());
        TapTimeout timeout = new TapTimeout(settings.tapUrl(), () -> requests.timeout(settings.requestTimeout()));
        for (String scheme : new String[] {"http", "https"}) {
            HttpComponent http = new BoundedHttpComponent();
            main.getCamelContext().addComponent(scheme, http);
            http.setHttpClientConfigurer(builder -> {
                tap.credentials.configureHttpClient(builder);
                dates.configureHttpClient(builder);
                requests.configureHttpClient(builder);
                limits.configureHttpClient(builder);
                timeout.configureHttpClient(builder);
                way.configureHttpClient(builder);
            });
            // else a 429, a 503 or a broken connection is asked again after a second, uncounted and without a rest
            http.setAutomaticRetriesDisabled(true);
            if (scheme.equals("https")) {
                way.secure(http);
            }
        }
    }
}
