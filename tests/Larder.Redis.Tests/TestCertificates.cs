using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Larder.Redis.Tests;

/// <summary>A certificate authority of the test's own, and what it has signed, as PEM files in a folder.</summary>
internal sealed class TestCertificates
{
    private readonly X509Certificate2 _authority;
    private readonly string _folder;

    public TestCertificates(string folder)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Larder test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _authority = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(10));
        File.WriteAllText(AuthorityPath, _authority.ExportCertificatePem());
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public string AuthorityPath => Path.Combine(_folder, "ca.pem");

    public X509Certificate2Collection Authorities => [_authority];

    /// <summary>Certificate and key in one file, valid for the name, and for 127.0.0.1 where that is the name.</summary>
    public string Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: false));
        using var certificate = request.Create(_authority, Now.AddDays(-1), Now.AddDays(9), RandomNumberGenerator.GetBytes(8));
        var path = Path.Combine(_folder, $"{name}.pem");
        File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        return path;
    }
}
