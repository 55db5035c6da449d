package clients;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenIntrospectionResponse;
import com.nimbusds.oauth2.sdk.TokenIntrospectionSuccessResponse;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import java.io.IOException;
import java.net.URI;

// From here on: the recipe of docs/clients.md.
record Tokens(URI service, ClientAuthentication caller) {

    /** @throws IOException if the verdict is unknown */
    TokenIntrospectionSuccessResponse introspect(String token) throws IOException, ParseException {
        HTTPResponse response = new TokenIntrospectionRequest(
                        service.resolve("/oauth2/introspect"), caller, new BearerAccessToken(token))
                .toHTTPRequest()
                .send();
        TokenIntrospectionResponse answer = TokenIntrospectionResponse.parse(response);
        if (!answer.indicatesSuccess()) {
            throw new IOException("no verdict: " + response.getStatusCode());
        }
        return answer.toSuccessResponse();
    }

    void revoke(String token) throws IOException {
        HTTPResponse response = new TokenRevocationRequest(
                        service.resolve("/oauth2/revoke"), caller, new BearerAccessToken(token))
                .toHTTPRequest()
                .send();
        if (!response.indicatesSuccess()) {
            throw new IOException("not revoked: " + response.getStatusCode());
        }
    }
}
